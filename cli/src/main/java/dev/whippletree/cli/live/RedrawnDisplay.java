package dev.whippletree.cli.live;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar with lines below it that are drawn anew in place on a terminal; lines that stay scroll away above.
 *
 * <p>Written with three ANSI sequences every terminal of the last decades knows: cursor up, erase below, and automatic line
 * wrapping off while drawing, so that a line wider than the terminal never becomes two. Thread-safe: guarded by itself.
 */
public final class RedrawnDisplay implements Display {

    private static final int BAR_WIDTH = 92;
    private static final int NEVER_MILLIS = Integer.MAX_VALUE;
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintWriter terminal;
    private final BarText barText = new BarText();
    private final ProgressBar bar;
    private List<String> board = List.of();
    private int drawn;
    private boolean closed;

    /**
     * Creates a display; shows nothing yet.
     *
     * @param terminal where to draw
     * @param task what the bar is called
     * @param total how much there is to do, 1 or more
     */
    public RedrawnDisplay(PrintWriter terminal, String task, long total) {
        this.terminal = terminal;
        // Drawn when told to, so the library's own rhythm is turned off.
        this.bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(NEVER_MILLIS)
                .setMaxRenderedLength(BAR_WIDTH)
                .setConsumer(barText)
                .build();
    }

    @Override
    public synchronized void show(long done, List<String> board, String line) {
        if (closed) {
            return;
        }
        bar.stepTo(done);
        bar.refresh();
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
            bar.close();
        }
    }

    private void redraw(List<String> above) {
        List<String> below = new ArrayList<>();
        below.add(barText.latest);
        if (!board.isEmpty()) {
            below.add("");
            below.addAll(board);
        }
        StringBuilder frame = new StringBuilder(WRAP_OFF);
        frame.append(drawn == 0 ? "" : "\u001b[" + drawn + "A").append('\r').append(ERASE_BELOW);
        above.forEach(line -> frame.append(line).append('\n'));
        below.forEach(line -> frame.append(line).append('\n'));
        terminal.print(frame.append(WRAP_ON));
        terminal.flush();
        drawn = below.size();
    }

    /** Keeps what the progress-bar library would print. */
    private static final class BarText implements ProgressBarConsumer {

        private volatile String latest = "";

        @Override
        public int getMaxRenderedLength() {
            return BAR_WIDTH;
        }

        @Override
        public void accept(String rendered) {
            latest = rendered.strip();
        }

        @Override
        public void close() {}
    }
}
