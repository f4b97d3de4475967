package dev.whippletree.batch.file;

import dev.whippletree.state.PrivateFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder {@code answers.jsonl.batch} beside {@code answers.jsonl}, for everything of a batch except its results.
 * Stateless.
 */
final class BatchFolder {

    private static final String LINES = ".jsonl";
    private static final String FAILURES = "errors" + LINES;

    private BatchFolder() {}

    static Path of(Path output) {
        return output.resolveSibling(output.getFileName() + ".batch");
    }

    /**
     * Locks an output, until the result is closed or this process ends.
     *
     * @throws IOException if another batch is writing it
     */
    static Closeable lock(Path output) throws IOException {
        return tryLock(output)
                .orElseThrow(() -> new IOException(output
                        + " is in use by another batch: wait until that batch has ended, or name another output"));
    }

    /** The same; empty if another batch is writing it. */
    static Optional<Closeable> tryLock(Path output) throws IOException {
        try {
            PrivateFile.createSubfolder(of(output));
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw new IOException(
                    output + " can't be written: its folder isn't there, or this user may create nothing in it", e);
        }
        return Disk.lock(of(output).resolve("lock"));
    }

    /**
     * Returns where the failures of an output are: {@code answers.errors.jsonl} beside {@code answers.jsonl}, and
     * {@code answers.csv-errors.jsonl} beside {@code answers.csv}, so that no two outputs have the same.
     */
    static Path failuresOf(Path output) {
        String name = output.getFileName().toString();
        String beginning = name.endsWith(LINES) ? name.substring(0, name.length() - LINES.length()) + "." : name + "-";
        return output.resolveSibling(beginning + FAILURES);
    }

    /** Returns whether a file may be where the failures of some output are. */
    static boolean isOfFailures(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith("." + FAILURES) || name.endsWith("-" + FAILURES);
    }
}
