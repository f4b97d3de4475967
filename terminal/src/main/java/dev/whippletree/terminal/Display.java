package dev.whippletree.terminal;

import java.time.Duration;
import java.util.List;

/** Shows the progress of a task. Thread-safe; never blocks for long. */
public interface Display extends AutoCloseable {

    /**
     * Shows where things stand.
     *
     * @param done how much of the total is done
     * @param elapsed since it began
     * @param board lines for a terminal, in which they replace those shown before
     * @param line the same in one line, for output that isn't a terminal
     */
    void show(long done, Duration elapsed, List<String> board, String line);

    /** Shows a line that stays. */
    void log(String line);

    /** Ends the display. Redrawn lines are erased; a printed bar stays. */
    @Override
    void close();
}
