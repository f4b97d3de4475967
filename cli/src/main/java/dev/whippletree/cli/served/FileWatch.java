package dev.whippletree.cli.served;

import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Notices that a file has other contents than before. It looks every two seconds, since files are also replaced as a whole, by a new one,
 * a link or a mount, which not every platform tells of. Thread-safe.
 */
final class FileWatch implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Path file;
    private final Timeline timeline;
    private final Runnable changed;

    // Guarded by this.
    private byte[] contents;
    private boolean closed;

    /**
     * Begins to watch.
     *
     * @param changed is run at each change, on one of the timeline's threads; it may block
     */
    FileWatch(Path file, Timeline timeline, Runnable changed) {
        this.file = file;
        this.timeline = timeline;
        this.changed = changed;
        this.contents = read();
        next();
    }

    private void next() {
        timeline.schedule(INTERVAL.toNanos(), () -> timeline.executor().execute(this::look));
    }

    private void look() {
        byte[] now = read();
        boolean other;
        synchronized (this) {
            if (closed) {
                return;
            }
            // One that is away for a moment is about to be replaced.
            other = now.length > 0 && !Arrays.equals(now, contents);
            contents = other ? now : contents;
        }
        try {
            if (other) {
                changed.run();
            }
        } finally {
            next();
        }
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
