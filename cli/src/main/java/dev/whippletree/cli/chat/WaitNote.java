package dev.whippletree.cli.chat;

import dev.whippletree.time.Timeline;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line on a terminal that says why there is no answer yet, redrawn each second and removed when the answer starts.
 * Thread-safe: guarded by itself.
 */
final class WaitNote implements AutoCloseable {

    private static final long EVERY_NANOS = 1_000_000_000;
    private static final String ERASE = "\r\u001b[K";

    private final Timeline timeline;
    private final PrintWriter out;
    private final Function<Duration, String> line;
    private final long startNanos;
    private Timeline.@Nullable Timer timer;
    private boolean drawn;
    private boolean closed;

    /**
     * Creates one that shows nothing unless it is {@linkplain #start() started}.
     *
     * @param line says what to show after so long; fits in a line of the terminal
     */
    WaitNote(Timeline timeline, PrintWriter out, Function<Duration, String> line) {
        this.timeline = timeline;
        this.out = out;
        this.line = line;
        this.startNanos = timeline.nanoTime();
    }

    /** Starts it; the first line comes after a second. */
    synchronized WaitNote start() {
        later();
        return this;
    }

    private void later() {
        timer = timeline.schedule(EVERY_NANOS, this::draw);
    }

    private void draw() {
        // Asked without holding this lock: whoever answers may be logging just now, which takes this one last.
        draw(line.apply(Duration.ofNanos(timeline.nanoTime() - startNanos)));
    }

    private synchronized void draw(String shown) {
        if (closed) {
            return;
        }
        drawn = true;
        out.print(ERASE + shown);
        out.flush();
        later();
    }

    /** Prints something that stays where the line is; that comes again below. */
    synchronized void aside(Runnable printing) {
        erase();
        printing.run();
    }

    private void erase() {
        if (drawn) {
            drawn = false;
            out.print(ERASE);
            out.flush();
        }
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        erase();
    }
}
