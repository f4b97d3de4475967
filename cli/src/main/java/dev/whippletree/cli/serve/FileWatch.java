package dev.whippletree.cli.serve;

import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a file has other contents than before, once two looks in a row have found the same: it may be being
 * written. It looks every two seconds, since files are also replaced as a whole, by a new one, a link or a mount, which
 * not every platform tells of. What isn't a file of a sensible size counts as away, which is logged once. Thread-safe.
 */
final class FileWatch implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private static final int MOST_BYTES = 16 << 20;

    private final Path file;
    private final Timeline timeline;
    private final Runnable changed;

    // Guarded by this.
    private byte[] contents;
    private byte[] seen;
    private boolean away;
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
        this.seen = contents;
        next();
    }

    private void next() {
        timeline.schedule(INTERVAL.toNanos(), () -> timeline.executor().execute(this::look));
    }

    private void look() {
        try {
            if (hasChanged(read())) {
                changed.run();
            }
        } finally {
            if (!isClosed()) {
                next();
            }
        }
    }

    private synchronized boolean hasChanged(byte[] now) {
        boolean settled = Arrays.equals(now, seen);
        seen = now;
        // A missing file is probably being replaced.
        boolean other = !closed && settled && now.length > 0 && !Arrays.equals(now, contents);
        contents = other ? now : contents;
        boolean wasAway = away;
        away = settled && now.length == 0 && contents.length > 0;
        if (away && !wasAway && !closed) {
            LOG.warn("{} is gone, empty or can't be read; the old configuration stays in use", file);
        }
        return other;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Reading a pipe would block, and a device never ends. */
    private byte[] read() {
        if (!Files.isRegularFile(file)) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES ? new byte[0] : bytes;
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
