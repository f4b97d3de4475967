package dev.whippletree.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Prints a line now and then, for output that isn't a terminal. Thread-safe: guarded by itself. */
public final class PlainDisplay implements Display {

    private final PrintWriter out;
    private final ProgressBar bar;
    private final int every;
    private int shown;

    /** Creates a display that prints a line for each so many calls of {@link #show}, 1 or more. */
    public PlainDisplay(PrintWriter out, ProgressBar bar, int every) {
        this.out = out;
        this.bar = bar;
        this.every = every;
    }

    @Override
    public synchronized void show(long done, Duration elapsed, List<String> board, String line) {
        if (++shown % every == 0) {
            log(bar.brief(done, elapsed) + ": " + line);
        }
    }

    @Override
    public synchronized void log(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {}
}
