package dev.whippletree.terminal;

import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.Optional;

/**
 * A progress bar in one line. Immutable.
 *
 * @param task what is done
 * @param total how much there is to do, 1 or more
 * @param least the shortest possible time; absent: unknown
 */
public record ProgressBar(String task, long total, Optional<Duration> least) {

    private static final int LONGEST = 40;
    private static final int SHORTEST = 8;

    /** Returns the line. What doesn't fit is left out: the task first, then the least time, then the bar. */
    String line(long done, Duration elapsed, int columns) {
        String count = percent(done) + "  " + Words.count(done) + " of " + Words.count(total);
        String time = Words.duration(elapsed);
        String wholeTime = time
                + least.map(known -> " of at least " + Words.duration(known)).orElse("");
        for (String[] form : new String[][] {{task + "  ", wholeTime}, {"", wholeTime}, {"", time}}) {
            int room = columns - form[0].length() - count.length() - form[1].length() - 4;
            if (room >= SHORTEST) {
                return form[0] + count + "  " + bar(done, Math.min(LONGEST, room)) + "  " + form[1];
            }
        }
        return count + "  " + time;
    }

    /** Returns the same for output that isn't a terminal. */
    String brief(long done, Duration elapsed) {
        return percent(done) + " after " + Words.duration(elapsed);
    }

    private String percent(long done) {
        return 100 * done / total + " %";
    }

    /** Shows a full bar only when all is done; more than that is possible, as where a file grows that is read. */
    private String bar(long done, int width) {
        int filled = (int) (width * Math.min(done, total) / total);
        return "█".repeat(filled) + "░".repeat(width - filled);
    }
}
