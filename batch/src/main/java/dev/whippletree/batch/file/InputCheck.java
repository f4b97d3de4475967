package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import dev.whippletree.state.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads an input once, and reports all its problems. It keeps a 64-bit digest of each line's id; if two digests are
 * equal, it reads the lines again to say which. Confined to one thread.
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
    private final List<LineProblem> byLine = new ArrayList<>();

    /**
     * What was found.
     *
     * @param lines how many lines are prompts
     * @param digest of the whole input
     * @param sessionEnds which lines end their sessions; none: not requested
     */
    record Checked(long lines, String digest, SessionEnds sessionEnds) {}

    /** The beginning of a line's id, and which line that is. */
    private record Named(String id, long number) {}

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
        MessageDigest sha = Sha256.digest();
        read(new DigestInputStream(storage.read(file), sha), line -> {
            ids.add(digest.applyAsLong(line.id()));
            if (sessions) {
                ends.add(line);
            }
            each.accept(line);
        });
        ids.sort();
        compare(ids.repeated());
        if (!problems.isEmpty()) {
            throw new BadInputException(problems, byLine);
        }
        if (sessions && ids.size() > 0 && ends.found().isEmpty()) {
            throw new BadInputException(
                    file + ": no line has a 'session', so there is no conversation; name the session"
                            + " of each line, or leave out --conversation");
        }
        return new Checked(ids.size(), HexFormat.of().formatHex(sha.digest()), ends.found());
    }

    /** Reads the whole stream, unless there are too many problems. */
    private void read(InputStream stream, Consumer<InputLine> each) throws IOException {
        try (InputReader reader = InputReader.of(stream, file, format, form, configuration)) {
            for (InputLine line = next(reader); line != null; line = next(reader)) {
                each.accept(line);
            }
        } catch (BadInputException e) {
            problems.addAll(e.problems());
            byLine.addAll(e.lines());
        }
    }

    private @Nullable InputLine next(InputReader reader) throws IOException {
        while (true) {
            try {
                return reader.next();
            } catch (BadLineException e) {
                byLine.add(e.problem());
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

    /** Reports ids with the same digest. Results are found by digest, so even two different ids can't both stay. */
    private void compare(LongBag repeated) throws IOException {
        if (repeated.size() == 0 || problems.size() >= MOST_PROBLEMS) {
            return;
        }
        Map<Long, Named> firstByDigest = new HashMap<>();
        List<LineProblem> doubled = new ArrayList<>();
        InputCheck again = new InputCheck(storage, file, format, form, configuration, digest);
        again.read(storage.read(file), line -> {
            long key = digest.applyAsLong(line.id());
            if (repeated.contains(key) && doubled.size() < MOST_PROBLEMS) {
                String id = BadLineException.shortened(line.id());
                Named first = firstByDigest.get(key);
                if (first != null) {
                    doubled.add(new LineProblem(line.number(), "duplicate_custom_id", clash(id, first)));
                } else if (firstByDigest.size() < MOST_PROBLEMS) {
                    firstByDigest.put(key, new Named(id, line.number()));
                }
            }
        });
        doubled.forEach(one -> problems.add(file + ":" + one.line() + ": " + one.message()));
        byLine.addAll(doubled);
    }

    private static String clash(String id, Named first) {
        return id.equals(first.id())
                ? "'" + id + "' is also the id of line " + first.number() + "; give each line its own id"
                : "'" + id + "' has by chance the same digest as the id of line " + first.number()
                        + "; change one of them";
    }
}
