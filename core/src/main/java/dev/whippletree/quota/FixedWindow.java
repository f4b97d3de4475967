package dev.whippletree.quota;

import java.time.Duration;

/**
 * A reported limit of which everything is left again at one moment, the reset.
 *
 * <p>The moment isn't known exactly: a report says how long from when it was made, and that was some time while its attempt was
 * under way. So each report gives an interval, reports of one window narrow it, and the window counts as over at its end. A use
 * that may have arrived within the interval is counted in the next window too. A report whose interval meets that of the window
 * before is a late one and is dropped.
 */
public final class FixedWindow extends ReportedQuota {

    private static final long UNKNOWN = Long.MAX_VALUE;

    /** Nobody has shorter windows; and a reset reported as now must not have us look again every nanosecond. */
    private static final long SHORTEST_NANOS = 1_000_000;

    private long left;

    /** The reset of the present window lies between these. */
    private long earliestReset = UNKNOWN;

    private long latestReset = UNKNOWN;

    /** Whether no report has told of the present window yet, so that its end is but a guess. */
    private boolean guessed = true;

    /** When the window before was over. */
    private long lastReset = Long.MIN_VALUE;

    /** What had been counted by {@link #earliestReset}, and so certainly in the present window. */
    private long arrivedBeforeReset;

    /** The longest reset reported: the guess at a window's length until a report tells of its end. */
    private long longestResetNanos = SHORTEST_NANOS;

    /**
     * Creates a limit of which everything is left, to be corrected by a report.
     *
     * @param amount the most that one window allows, 1 or more
     */
    public FixedWindow(long amount) {
        super(amount, Duration.ZERO);
        this.left = amount;
    }

    @Override
    public long left(long now) {
        advance(now);
        return Math.max(0, left);
    }

    @Override
    public long waitNanos(long sum, long now) {
        advance(now);
        if (sum <= Math.max(0, left)) {
            return 0;
        }
        long laterWindows = (sum - Math.max(0, left) - 1) / amount();
        return Math.max(1, latestReset - now) + laterWindows * longestResetNanos;
    }

    @Override
    public long roomWithin(long aheadNanos, long now) {
        advance(now);
        long untilReset = latestReset - now;
        long free = Math.max(0, left);
        if (aheadNanos < untilReset) {
            return free;
        }
        long windows = 1 + (aheadNanos - untilReset) / longestResetNanos;
        return free + Math.min(windows, Long.MAX_VALUE / 4 / amount()) * amount();
    }

    @Override
    Standing standing(long now, long ageNanos) {
        return new Standing(amount(), left, latestReset - now, longestResetNanos, ageNanos);
    }

    /** The end of the window went through the clock of two processes, so the next report is surer of it. */
    @Override
    void goOn(Standing standing, long now) {
        left = Math.min(amount(), standing.left());
        longestResetNanos = Math.max(SHORTEST_NANOS, standing.refillNanos());
        latestReset = now + standing.fullInNanos();
        earliestReset = latestReset;
    }

    @Override
    void refill(long now) {
        if (now < latestReset) {
            return;
        }
        lastReset = latestReset;
        left = amount() - (reservedTotal() - arrivedBeforeReset);
        // What has arrived by now is in the window that just ended or in this one, and in no later one.
        arrivedBeforeReset = arrivedTotal();
        guessed = true;
        latestReset = now + longestResetNanos;
        earliestReset = latestReset;
    }

    @Override
    void arriving(long now) {
        if (now < earliestReset) {
            arrivedBeforeReset = arrivedTotal();
        }
    }

    @Override
    void take(long taken) {
        left -= taken;
    }

    @Override
    void take(Report report, long now) {
        long earliest = report.begun() + report.resetNanos();
        long latest = now + report.resetNanos();
        if (earliest <= lastReset) {
            return;
        }
        longestResetNanos = Math.max(longestResetNanos, report.resetNanos());
        boolean sameWindow = !guessed && earliest <= latestReset && latest >= earliestReset;
        if (!guessed && earliest > latestReset) {
            lastReset = latestReset;
        }
        guessed = false;
        earliestReset = sameWindow ? Math.max(earliestReset, earliest) : earliest;
        latestReset = sameWindow ? Math.min(latestReset, latest) : latest;
        left = report.left();
        if (now < earliestReset) {
            arrivedBeforeReset = arrivedTotal();
        }
    }
}
