package dev.whippletree.limits.learning;

import dev.whippletree.model.RateLimitReport.Refill;
import org.jspecify.annotations.Nullable;

/**
 * Infers how a limit refills, if the service doesn't say, from how the reported resets follow the use. Arithmetic
 * only. Confined.
 *
 * <p>The reset is the time until everything is left again. In a bucket, it grows with what is used. In a sliding
 * window, it is one window after the latest use: always equally far away, and each use postpones it. In a fixed
 * window, it comes nearer, however much is used. Two reports can tell these apart if one shows at least twice as
 * much use as the other; three in a row must agree. Until then, the limit is treated as a fixed window, which of
 * the three expects the least to come back before the reset.
 */
public final class RefillInference {

    private static final int CERTAIN = 3;
    private static final long SECOND_NANOS = 1_000_000_000;

    /** Resets reported in milliseconds are rounded. */
    private static final long LEAST_ERROR_NANOS = 1_000_000;

    /** By how much one reset may differ from an equal one. */
    private static final double DIFFERENCE = 0.02;

    private Refill found;
    private Refill suspected;
    private int agreeing;

    /** Whether a reset has come nearer while more was used. */
    private boolean comesNearer;

    /** How long one unit takes to come back, if it is a bucket. */
    private double shortestPerUnit;

    private double longestPerUnit = Double.POSITIVE_INFINITY;

    /** The report of the least use, to compare later ones with. */
    private @Nullable Told least;

    /** The oldest report whose reset hasn't come yet. */
    private @Nullable Told pending;

    /** What one report said, with the earliest and the latest moment at which it can have been made. */
    private record Told(long begun, long arrived, long used, long resetNanos) {

        boolean isTwice(Told other) {
            return used - 1 >= 2 * other.used;
        }

        private long errorNanos() {
            return isWholeSeconds() ? SECOND_NANOS : LEAST_ERROR_NANOS;
        }

        /** Returns the shortest time in which one unit can come back; fractions of a unit aren't reported. */
        double shortestPerUnit() {
            return (resetNanos - errorNanos()) / (double) used;
        }

        double longestPerUnit() {
            return used == 1 ? Double.POSITIVE_INFINITY : (resetNanos + errorNanos()) / (double) (used - 1);
        }

        /** Returns whether one unit can take equally long by both. */
        boolean isProportionalTo(Told other) {
            return shortestPerUnit() <= other.longestPerUnit() && other.shortestPerUnit() <= longestPerUnit();
        }

        boolean isWholeSeconds() {
            return resetNanos % SECOND_NANOS == 0;
        }

        boolean isAsFarAs(Told other) {
            return Math.abs(resetNanos - other.resetNanos)
                    <= errorNanos() + other.errorNanos() + DIFFERENCE * resetNanos;
        }

        boolean isLaterThan(Told other) {
            return begun + resetNanos > other.arrived + other.resetNanos + errorNanos() + other.errorNanos();
        }
    }

    /**
     * Creates one.
     *
     * @param believed how it is believed to refill until the reports say otherwise
     */
    public RefillInference(Refill believed) {
        this.found = believed;
        this.suspected = believed;
    }

    /** Returns how it refills, as far as is known: never {@link Refill#UNSAID}. */
    public Refill found() {
        return found;
    }

    /**
     * Takes in a report.
     *
     * @param begun when the attempt was begun that brought it
     * @param used what was used of the amount, 0 or more
     * @param resetNanos how long until all is left again
     */
    public void report(long begun, long used, long resetNanos, long now) {
        if (used < 1 || resetNanos < LEAST_ERROR_NANOS) {
            return;
        }
        Told reported = new Told(begun, now, used, resetNanos);
        boolean agrees = narrow(reported);
        if (pending != null && now >= pending.begun() + pending.resetNanos()) {
            pending = null; // A later reset may be that of the next window.
        }
        if (least != null && reported.isTwice(least)) {
            judge(reported, least, agrees && reported.isProportionalTo(least));
        }
        if (pending == null) {
            pending = reported;
        }
        if (least == null || used < least.used()) {
            least = reported;
        }
    }

    /**
     * Returns whether one unit can have taken equally long to come back by this report and by all since the last that
     * belied it.
     */
    private boolean narrow(Told reported) {
        double shortest = Math.max(shortestPerUnit, reported.shortestPerUnit());
        double longest = Math.min(longestPerUnit, reported.longestPerUnit());
        boolean agrees = shortest <= longest;
        shortestPerUnit = agrees ? shortest : reported.shortestPerUnit();
        longestPerUnit = agrees ? longest : reported.longestPerUnit();
        if (!agrees && suspected == Refill.CONTINUOUS) {
            agreeing = 0;
        }
        return agrees;
    }

    private void judge(Told reported, Told small, boolean proportional) {
        boolean equal = reported.isAsFarAs(small);
        boolean putOff = pending != null && reported.isLaterThan(pending);
        if (proportional && !equal) {
            suspect(Refill.CONTINUOUS);
        } else if (equal && !proportional && (putOff || mayBePutOff(reported, small))) {
            suspect(Refill.ONE_BY_ONE);
        } else if (!proportional && !equal) {
            comesNearer = true;
            suspect(Refill.AT_ONCE);
        }
    }

    /**
     * Resets in whole seconds hide what happens within one; a fixed window that is counted as a sliding one isn't
     * exceeded.
     */
    private boolean mayBePutOff(Told reported, Told small) {
        return !comesNearer && reported.isWholeSeconds() && small.isWholeSeconds();
    }

    private void suspect(Refill refill) {
        agreeing = refill == suspected ? agreeing + 1 : 1;
        suspected = refill;
        if (agreeing >= CERTAIN) {
            found = refill;
        }
    }
}
