package dev.whippletree.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * A reported limit that becomes available again as a whole at one moment, the reset.
 *
 * <p>That moment isn't known exactly: a report states the time until it, counted from when the report was made,
 * which was some time during its attempt. So each report gives an interval, the reports of one window narrow it,
 * and the window counts as over at the interval's end. A use that may have arrived within the interval is counted
 * in the next window too, until that use brings a report of the window before. A report whose interval overlaps
 * that of the window before is a late one and is dropped.
 */
public final class FixedWindow extends ReportedQuota {

    private static final long UNKNOWN = Long.MAX_VALUE;

    /** Nobody has shorter windows; and a reset reported as now must not have us look again every nanosecond. */
    private static final long SHORTEST_NANOS = 1_000_000;

    private static final long SECOND_NANOS = 1_000_000_000;

    /** Timers are late by some milliseconds. */
    private static final long AT_ONCE_NANOS = 20_000_000;

    private long left;

    /** The reset of the present window lies between these. */
    private long earliestReset = UNKNOWN;

    private long latestReset = UNKNOWN;

    /** Whether no report has told of the present window yet, so that its end is but a guess. */
    private boolean guessed = true;

    /** Whether something has surely been counted in a window that no report has told of. */
    private boolean opened;

    /** The window before was over between these. */
    private long lastEarliestReset = Long.MIN_VALUE;

    private long lastLatestReset = Long.MIN_VALUE;

    /** How many uses had arrived by {@link #earliestReset}, and so certainly in the present window or one before; and their sum. */
    private long arrivalsBeforeReset;

    private long arrivedBeforeReset;

    /** Whether uses have put off the reset, as where the service doesn't count in fixed windows after all. */
    private boolean putOff;

    /** Whether a reset has come nearer; before that, each use may put it off. */
    private boolean comesNearer;

    /** From the end of one window to that of the next, if that one was used from its begin; 0 if none was yet. */
    private long periodNanos;

    /** Whether the present window was used from its begin. */
    private boolean usedAtOnce;

    /** The longest reset reported; a window is no shorter. */
    private long longestResetNanos = SHORTEST_NANOS;

    /**
     * Creates a limit of which everything is left, to be corrected by a report.
     *
     * @param amount the most that one window allows, 1 or more
     */
    public FixedWindow(long amount) {
        super(amount);
        this.left = amount;
    }

    /** It is unknown: a reset is the end of a window, and nothing says when that began. */
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
    public long roomWithin(long aheadNanos, long leave, long now) {
        advance(now);
        long untilReset = latestReset - now;
        long free = Math.max(0, left - leave);
        if (aheadNanos < untilReset) {
            return free;
        }
        long windows = 1 + (aheadNanos - untilReset) / fromResetToReset();
        return free + Math.min(windows, Long.MAX_VALUE / 4 / amount()) * (amount() - leave);
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
        endWindow();
        left = amount() - inDoubt();
        // What has arrived by now is in the window that just ended or in this one, and in no later one.
        noteArrived();
        guessed = true;
        opened = false;
        earliestReset = lastEarliestReset + longestResetNanos;
        latestReset = now + lengthNanos();
    }

    /** Returns the guess at a window's length: the shortest usual one that is no shorter than a reset that was reported. */
    private long lengthNanos() {
        return UsualWindows.shortest(longestResetNanos, Long.MAX_VALUE).orElse(longestResetNanos);
    }

    /**
     * Returns how long later windows will take if there is always something to use them for. Where a window begins with its first use,
     * and its end isn't known exactly, that is longer than one of them.
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

    /** A window that nobody has told of may have been opened by the first use that was begun after the one before. */
    @Override
    void arriving(long begun, long now) {
        if (guessed && !opened && begun >= lastLatestReset) {
            opened = true;
            usedAtOnce = begun - lastLatestReset <= AT_ONCE_NANOS;
            latestReset = now + lengthNanos();
        }
        if (now < earliestReset) {
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
    Place place(long begun, long resetNanos, long now) {
        long earliest = begun + resetNanos;
        long latest = now + resetNanos;
        if (earliest <= lastLatestReset) {
            return latest < earliestReset ? Place.PAST : Place.UNCLEAR;
        }
        comesNearer |= resetNanos + roundingNanos(resetNanos) < longestResetNanos;
        longestResetNanos = Math.max(longestResetNanos, resetNanos);
        if (guessed || (earliest > latestReset && now >= earliestReset)) {
            return next(earliest, latest, now);
        }
        if (latest < earliestReset) {
            return Place.UNCLEAR;
        }
        putOff |= earliest > latestReset;
        resetBetween(
                Math.max(earliestReset, earliest),
                comesNearer && !putOff ? Math.min(latestReset, latest) : Math.max(latestReset, latest),
                now);
        return Place.PRESENT;
    }

    private static long roundingNanos(long resetNanos) {
        return resetNanos % SECOND_NANOS == 0 ? SECOND_NANOS : SHORTEST_NANOS;
    }

    private Place next(long earliest, long latest, long now) {
        if (!guessed) {
            endWindow();
        }
        guessed = false;
        putOff = false;
        resetBetween(earliest, latest, now);
        return Place.NEXT;
    }

    private void resetBetween(long earliest, long latest, long now) {
        earliestReset = earliest;
        latestReset = latest;
        if (now < earliestReset) {
            noteArrived();
        }
    }
}
