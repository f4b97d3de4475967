package dev.whippletree.batch.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Copies a pipe or standard input to a file beside a batch's output, because a batch reads its input several times: to
 * check it, to ask it, to resume, and to sort the answers. Locks the output until it is closed. Confined to one thread.
 */
public final class Spool implements Closeable {

    private final Path output;
    private final Path kept;
    private final Path coming;
    private final Closeable lock;

    private Spool(Path output, Closeable lock) {
        this.output = output;
        this.kept = BatchFolder.of(output).resolve("input");
        this.coming = BatchFolder.of(output).resolve("input.coming");
        this.lock = lock;
    }

    /**
     * Locks an output, before anything is read.
     *
     * @throws IOException if another batch is writing the output, or its folder can't be made
     */
    public static Spool beside(Path output) throws IOException {
        return new Spool(output, BatchFolder.lock(output));
    }

    /**
     * Copies all of a stream. Blocks until its end. If the output belongs to a batch already, the copy of that batch's
     * input stays until {@link BatchFile#open} has accepted the new one.
     *
     * @return the file
     * @throws IOException if it can't be copied
     */
    public Path copy(InputStream stream) throws IOException {
        try (OutputStream copy = Disk.stream(coming, StandardOpenOption.TRUNCATE_EXISTING)) {
            stream.transferTo(copy);
        } catch (IOException e) {
            Files.deleteIfExists(coming);
            throw new IOException("the input can't be copied to " + coming + ": " + e.getMessage(), e);
        }
        return BatchState.read(BatchFolder.of(output)).isPresent() ? coming : keep();
    }

    /** Replaces the copy of an earlier input. Returns the file. */
    Path keep() throws IOException {
        if (Disk.INSTANCE.exists(coming)) {
            Disk.INSTANCE.replace(kept, coming);
        }
        return kept;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
