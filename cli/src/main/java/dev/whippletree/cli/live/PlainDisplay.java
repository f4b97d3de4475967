package dev.whippletree.cli.live;

import java.io.PrintWriter;
import java.util.List;

/** Now and then a line, for output that isn't a terminal. Thread-safe: guarded by itself. */
public final class PlainDisplay implements Display {

    private final PrintWriter out;
    private final long total;
    private final int every;
    private int shown;

    /**
     * Creates a display.
     *
     * @param out where to print
     * @param total how much there is to do, 1 or more
     * @param every how many times {@link #show} is called for each line printed, 1 or more
     */
    public PlainDisplay(PrintWriter out, long total, int every) {
        this.out = out;
        this.total = total;
        this.every = every;
    }

    @Override
    public synchronized void show(long done, List<String> board, String line) {
        if (++shown % every == 0) {
            log(100 * done / total + " %: " + line);
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
