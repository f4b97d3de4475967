package dev.whippletree.cli.batch;

import dev.whippletree.terminal.board.Words;
import dev.whippletree.time.Timeline;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;

/** Passes prompts from a pipe on, and says every ten seconds how many lines have arrived, until it is closed. Thread-safe. */
final class ArrivingInput extends FilterInputStream {

    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int BYTES_A_KILOBYTE = 1_000;

    private final String name;
    private final Timeline timeline;
    private final Consumer<String> say;
    private long lines;
    private long bytes;
    private boolean closed;

    /**
     * Begins.
     *
     * @param name what the stream is called in messages
     */
    ArrivingInput(InputStream stream, String name, Timeline timeline, Consumer<String> say) {
        super(stream);
        this.name = name;
        this.timeline = timeline;
        this.say = say;
        timeline.schedule(PAUSE.toNanos(), this::remind);
    }

    private synchronized void remind() {
        if (!closed) {
            say.accept("Waiting for the end of " + name + "; so far "
                    + (bytes == 0
                            ? "nothing has arrived."
                            : Words.count(lines, "line") + " (" + Words.count(bytes / BYTES_A_KILOBYTE)
                                    + " KB) arrived."));
            timeline.schedule(PAUSE.toNanos(), this::remind);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int from, int most) throws IOException {
        int count = in.read(buffer, from, most);
        count(buffer, from, count);
        return count;
    }

    private synchronized void count(byte[] buffer, int from, int count) {
        bytes += Math.max(0, count);
        for (int i = from; i < from + count; i++) {
            lines += buffer[i] == '\n' ? 1 : 0;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
        }
        in.close();
    }
}
