package dev.whippletree.terminal;

import dev.whippletree.terminal.Terminal.Size;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A progress bar with lines below it that are redrawn in place on a terminal; permanent lines scroll away above.
 *
 * <p>Written with three ANSI sequences every terminal of the last decades knows: cursor up, erase below, and automatic
 * line wrapping off while drawing, so that a line wider than a terminal that has just become narrower doesn't become
 * two. Permanent lines wrap: nothing of them may be lost. Of more lines than the terminal has, the last ones aren't
 * drawn. Thread-safe: guarded by itself.
 */
public final class RedrawnDisplay implements Display {

    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintWriter terminal;
    private final ProgressBar bar;
    private final Size size;
    private List<String> board = List.of();
    private long done;
    private Duration elapsed = Duration.ZERO;
    private int drawn;
    private boolean closed;

    public RedrawnDisplay(PrintWriter terminal, ProgressBar bar, Size size) {
        this.terminal = terminal;
        this.bar = bar;
        this.size = size;
    }

    @Override
    public synchronized void show(long done, Duration elapsed, List<String> board, String line) {
        if (closed) {
            return;
        }
        this.done = done;
        this.elapsed = elapsed;
        this.board = List.copyOf(board);
        redraw(List.of());
    }

    @Override
    public synchronized void log(String line) {
        if (closed) {
            terminal.println(line);
        } else {
            redraw(List.of(line));
        }
        terminal.flush();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            board = List.of();
            redraw(List.of());
        }
    }

    private void redraw(List<String> above) {
        Size.Extent extent = size.now();
        List<String> below = new ArrayList<>();
        below.add(bar.line(done, elapsed, extent.columns()));
        if (!board.isEmpty()) {
            below.add("");
            below.addAll(board);
        }
        // The cursor needs one more line and can't move above the first.
        List<String> lines = below.subList(0, Math.min(below.size(), Math.max(1, extent.rows() - 1)));
        StringBuilder frame = new StringBuilder(WRAP_OFF);
        frame.append(drawn == 0 ? "" : "\u001b[" + drawn + "A").append('\r').append(ERASE_BELOW);
        above.forEach(line -> frame.append(WRAP_ON).append(line).append('\n').append(WRAP_OFF));
        lines.forEach(line -> frame.append(line).append('\n'));
        terminal.print(frame.append(WRAP_ON));
        terminal.flush();
        drawn = lines.size();
    }
}
