package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads an input once, and reports all its problems. It keeps a 64-bit digest of each line's id; if two digests are
 * equal, it reads and compares the lines again. Confined to one thread.
 */
final class InputCheck {

    /** So many problems usually have one cause. */
    private static final int MOST_PROBLEMS = 100;

    private final Storage storage;
    private final Path file;
    private final InputFormat format;
    private final PromptForm form;
    private final Configuration configuration;
    private final ToLongFunction<String> digest;
    private final List<String> problems = new ArrayList<>();

    /**
     * What was found.
     *
     * @param lines how many lines are prompts
     * @param digest of the whole input
     * @param contested ids that aren't alike and have the same digest
     * @param sessionEnds which lines end their sessions; none: not requested
     */
    record Checked(long lines, String digest, Set<String> contested, SessionEnds sessionEnds) {}

    InputCheck(
            Storage storage,
            Path file,
            InputFormat format,
            PromptForm form,
            Configuration configuration,
            ToLongFunction<String> digest) {
        this.storage = storage;
        this.file = file;
        this.format = format;
        this.form = form;
        this.configuration = configuration;
        this.digest = digest;
    }

    /**
     * Reads the input.
     *
     * @param sessions whether the sessions' ends are found
     * @param each is told of each line
     * @throws BadInputException with everything that is wrong with it
     */
    Checked check(boolean sessions, Consumer<InputLine> each) throws IOException {
        LongBag ids = new LongBag();
        SessionEnds.Collector ends = new SessionEnds.Collector(digest);
        MessageDigest sha = Digests.sha256();
        read(new DigestInputStream(storage.read(file), sha), line -> {
            ids.add(digest.applyAsLong(line.id()));
            if (sessions) {
                ends.add(line);
            }
            each.accept(line);
        });
        ids.sort();
        Set<String> contested = compare(ids.repeated());
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return new Checked(ids.size(), HexFormat.of().formatHex(sha.digest()), contested, ends.found());
    }

    /** Reads the whole stream, unless there are too many problems. */
    private void read(InputStream stream, Consumer<InputLine> each) throws IOException {
        try (InputReader reader = InputReader.of(stream, file, format, form, configuration)) {
            for (InputLine line = next(reader); line != null; line = next(reader)) {
                each.accept(line);
            }
        } catch (BadInputException e) {
            problems.addAll(e.problems());
        }
    }

    private @Nullable InputLine next(InputReader reader) throws IOException {
        while (true) {
            try {
                return reader.next();
            } catch (BadLineException e) {
                problem(e.inFile(file.toString()));
            }
        }
    }

    private void problem(String problem) {
        problems.add(problem);
        if (problems.size() >= MOST_PROBLEMS) {
            problems.add(file + ": there may be more problems; these are the first " + MOST_PROBLEMS);
            throw new BadInputException(List.of());
        }
    }

    /** Returns ids that have their digest in common with another one; those that are alike are a mistake. */
    private Set<String> compare(LongBag repeated) throws IOException {
        Set<String> contested = new HashSet<>();
        if (repeated.size() == 0 || problems.size() >= MOST_PROBLEMS) {
            return contested;
        }
        List<String> before = List.copyOf(problems);
        Map<String, Long> lineById = new HashMap<>();
        problems.clear();
        List<String> doubled = new ArrayList<>();
        read(storage.read(file), line -> {
            if (repeated.contains(digest.applyAsLong(line.id())) && doubled.size() < MOST_PROBLEMS) {
                contested.add(line.id());
                Long first = lineById.putIfAbsent(line.id(), line.number());
                if (first != null) {
                    doubled.add(file + ":" + line.number() + ": '" + line.id() + "' is also the id of line " + first
                            + "; give each line its own id");
                }
            }
        });
        problems.clear();
        problems.addAll(before);
        problems.addAll(doubled);
        return contested;
    }
}
