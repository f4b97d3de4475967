package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import dev.whippletree.state.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an input once, and reports all its problems. It keeps a 64-bit digest of each line's id; if two digests are
 * equal, it reads the lines again to say which, and takes their ids for the same. Confined to one thread.
 */
final class InputCheck {

    /** So many problems usually have one cause. */
    private static final int MOST_PROBLEMS = 100;

    private final BatchFiles files;
    private final Configuration configuration;
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

    InputCheck(BatchFiles files, Configuration configuration) {
        this.files = files;
        this.configuration = configuration;
    }

    /**
     * Reads the input.
     *
     * @param each is told of each line
     * @throws BadInputException with everything that is wrong with it
     */
    Checked check(Consumer<InputLine> each) throws IOException {
        LongBag ids = new LongBag();
        SessionEnds ends = new SessionEnds();
        LineIndex latest = new LineIndex();
        MessageDigest sha = Sha256.digest();
        read(new DigestInputStream(Disk.INSTANCE.read(files.input()), sha), line -> {
            ids.add(Digests.of64Bits(line.id()));
            if (files.conversations()) {
                ends.add(line, latest);
            }
            each.accept(line);
        });
        ids.sort();
        compare(ids.repeated());
        if (!problems.isEmpty()) {
            throw new BadInputException(problems, byLine);
        }
        if (files.conversations() && ids.size() > 0 && ends.isEmpty()) {
            throw new BadInputException(
                    files.input() + ": no line has a 'session', so there is no conversation; name the session"
                            + " of each line, or leave out --conversation");
        }
        return new Checked(ids.size(), HexFormat.of().formatHex(sha.digest()), ends);
    }

    /** Reads the whole stream, unless there are too many problems. */
    private void read(InputStream stream, Consumer<InputLine> each) throws IOException {
        try (InputReader reader = InputReader.of(stream, files, files.form(), configuration)) {
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
                problem(e.inFile(files.input().toString()));
            }
        }
    }

    private void problem(String problem) {
        problems.add(problem);
        if (problems.size() >= MOST_PROBLEMS) {
            problems.add(files.input() + ": there may be more problems; these are the first " + MOST_PROBLEMS);
            throw new BadInputException(List.of());
        }
    }

    /** Reports ids with the same digest, by which results are found. */
    private void compare(LongBag repeated) throws IOException {
        if (repeated.size() == 0 || problems.size() >= MOST_PROBLEMS) {
            return;
        }
        Map<Long, Long> firstByDigest = new HashMap<>();
        List<LineProblem> doubled = new ArrayList<>();
        InputCheck again = new InputCheck(files, configuration);
        again.read(Disk.INSTANCE.read(files.input()), line -> {
            long key = Digests.of64Bits(line.id());
            Long first = firstByDigest.get(key);
            if (first != null && doubled.size() < MOST_PROBLEMS) {
                doubled.add(new LineProblem(
                        line.number(),
                        "duplicate_custom_id",
                        "'" + BadLineException.shortened(line.id()) + "' is also the id of line " + first
                                + "; give each line its own id"));
            } else if (first == null && repeated.contains(key) && firstByDigest.size() < MOST_PROBLEMS) {
                firstByDigest.put(key, line.number());
            }
        });
        doubled.forEach(one -> problems.add(files.input() + ":" + one.line() + ": " + one.message()));
        byLine.addAll(doubled);
    }
}
