package dev.whippletree.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * A reported limit that refills as a whole at one moment, the reset.
 *
 * <p>That moment isn't known exactly: a report states the time until it, counted from when the report was made,
 * which was some time during its attempt. So each report gives an interval, the reports of one window narrow it,
 * and the window counts as over at the interval's end. A use that may have arrived within the interval is counted
 * in the next window too, until that use brings a report of the window before. A report whose interval overlaps
 * that of the window before is a late one and is dropped.
 */
public final class FixedWindow extends ReportedQuota {

    private static final long UNKNOWN = Long.MAX_VALUE;

    /**
     * No service has shorter windows. The bound also keeps a reset reported as 0 from causing a check every nanosecond.
     */
    private static final long SHORTEST_NANOS = 1_000_000;

    private static final long SECOND_NANOS = 1_000_000_000;

    /** Timers are late by some milliseconds. */
    private static final long AT_ONCE_NANOS = 20_000_000;

    private long left;

    /** The reset of the present window lies between these. */
    private long earliestReset = UNKNOWN;

    private long latestReset = UNKNOWN;

    /** Whether the present window's end is a guess, because no report has stated it yet. */
    private boolean guessed = true;

    /** Whether a use has certainly been counted in a window that no report has described yet. */
    private boolean opened;

    /** The window before ended between these. */
    private long lastEarliestReset = Long.MIN_VALUE;

    private long lastLatestReset = Long.MIN_VALUE;

    /**
     * How many uses had arrived by {@link #earliestReset}, so in the present window or an earlier one; below, their
     * sum.
     */
    private long arrivalsBeforeReset;

    private long arrivedBeforeReset;

    /** Whether uses have postponed the reset: then the service doesn't count in fixed windows. */
    private boolean putOff;

    /** Whether the time until the reset has been seen to shrink; until then, each use may postpone the reset. */
    private boolean comesNearer;

    /** The time between the ends of two windows, if the second was used from its start; 0 if none was yet. */
    private long periodNanos;

    /** Whether the present window was used from its start. */
    private boolean usedAtOnce;

    /** The longest reset reported; a window is no shorter. */
    private long longestResetNanos = SHORTEST_NANOS;

    /** Creates an unused limit of 1 or more; reports correct it. */
    public FixedWindow(long amount) {
        super(amount);
        this.left = amount;
    }

    /** Returns nothing: a reset states a window's end, but not its start. */
    @Override
    public Optional<Duration> window() {
        return Optional.empty();
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
        return Math.max(1, latestReset - now) + laterWindows * fromResetToReset();
    }

    @Override
    public long roomWithin(long aheadNanos, long reserve, long now) {
        advance(now);
        long untilReset = latestReset - now;
        long free = Math.max(0, left - reserve);
        if (aheadNanos < untilReset) {
            return free;
        }
        long windows = 1 + (aheadNanos - untilReset) / fromResetToReset();
        return free + Math.min(windows, Long.MAX_VALUE / 4 / amount()) * (amount() - reserve);
    }

    @Override
    Standing standing(long now, long ageNanos) {
        return new Standing(amount(), left, latestReset - now, longestResetNanos, ageNanos);
    }

    /** The window's end was converted by the clocks of two processes, so the next report is more exact. */
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
        endWindow();
        left = amount() - inDoubt();
        // What has arrived by now is in the window that just ended or in this one, and in no later one.
        noteArrived();
        guessed = true;
        opened = false;
        earliestReset = lastEarliestReset + longestResetNanos;
        latestReset = now + lengthNanos();
    }

    /**
     * Guesses a window's length: the shortest usual one that is at least as long as each reported reset.
     */
    private long lengthNanos() {
        return UsualWindows.shortest(longestResetNanos, Long.MAX_VALUE).orElse(longestResetNanos);
    }

    /**
     * Returns the time from one reset to the next under constant use. It exceeds the window's length if a window begins
     * with its first use and its end isn't known exactly.
     */
    private long fromResetToReset() {
        return Math.max(lengthNanos(), periodNanos);
    }

    private void endWindow() {
        if (!guessed && usedAtOnce && !putOff) {
            periodNanos = latestReset - lastLatestReset;
        }
        usedAtOnce = false;
        lastEarliestReset = earliestReset;
        lastLatestReset = latestReset;
        settle(arrivalsBeforeReset, arrivedBeforeReset);
        startWindow();
    }

    /**
     * A window without reports may have been opened by the first use that began after the window before. No window of
     * what has arrived by then ends later.
     */
    @Override
    void arriving(long begun, long now) {
        boolean opens = guessed && !opened && begun >= lastLatestReset;
        if (opens) {
            opened = true;
            usedAtOnce = begun - lastLatestReset <= AT_ONCE_NANOS;
            latestReset = now + lengthNanos();
        }
        if (opens || now < earliestReset) {
            noteArrived();
        }
    }

    private void noteArrived() {
        arrivalsBeforeReset = arrivals();
        arrivedBeforeReset = arrivedTotal();
    }

    @Override
    void take(long taken) {
        left -= taken;
    }

    @Override
    void stand(double stands, long now) {
        left = (long) Math.floor(stands);
    }

    @Override
    double refilledNanos(long nanos) {
        return 0;
    }

    @Override
    ReportedWindow place(long begun, long resetNanos, long now) {
        long earliest = begun + resetNanos;
        long latest = now + resetNanos;
        if (earliest <= lastLatestReset) {
            return latest < earliestReset ? ReportedWindow.PAST : ReportedWindow.UNCLEAR;
        }
        comesNearer |= resetNanos + roundingNanos(resetNanos) < longestResetNanos;
        longestResetNanos = Math.max(longestResetNanos, resetNanos);
        if (guessed || (earliest > latestReset && now >= earliestReset)) {
            return next(earliest, latest, now);
        }
        if (latest < earliestReset) {
            return ReportedWindow.UNCLEAR;
        }
        putOff |= earliest > latestReset;
        resetBetween(
                Math.max(earliestReset, earliest),
                comesNearer && !putOff ? Math.min(latestReset, latest) : Math.max(latestReset, latest),
                now);
        return ReportedWindow.PRESENT;
    }

    private static long roundingNanos(long resetNanos) {
        return resetNanos % SECOND_NANOS == 0 ? SECOND_NANOS : SHORTEST_NANOS;
    }

    private ReportedWindow next(long earliest, long latest, long now) {
        if (!guessed) {
            endWindow();
        }
        guessed = false;
        putOff = false;
        resetBetween(earliest, latest, now);
        return ReportedWindow.NEXT;
    }

    private void resetBetween(long earliest, long latest, long now) {
        earliestReset = earliest;
        latestReset = latest;
        if (now < earliestReset) {
            noteArrived();
        }
    }
}
