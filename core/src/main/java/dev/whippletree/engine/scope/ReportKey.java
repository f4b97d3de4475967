package dev.whippletree.engine.scope;

import dev.whippletree.limits.Quota;
import dev.whippletree.limits.ReportedQuota;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import java.time.Duration;
import java.util.Optional;

/**
 * Identifies a reported limit within its scope, and matches it to a declared limit. Immutable.
 *
 * @param window its window; zero if that wasn't said
 */
public record ReportKey(Limit.Unit unit, Refill refill, Duration window) {

    /** Windows that differ by a smaller part of their length are one, reported at different moments. */
    private static final long WINDOW_TOLERANCE = 20;

    static ReportKey of(RateLimitReport report) {
        return new ReportKey(report.unit(), report.refill(), report.window().orElse(Duration.ZERO));
    }

    /** Returns the key of the same limit, once it is known how it refills. */
    ReportKey refilling(Refill found) {
        return new ReportKey(unit, found, window);
    }

    /**
     * Returns whether a service that counts in a bucket of a stated window so counts a declared limit, and allows no
     * more: then its own count can stand for ours, whether or not the service goes on to tell of it.
     */
    boolean isBucketOf(LimitCounter declared, LimitCounter reported) {
        return declared.unit() == unit && isWithin(declared, reported.quota());
    }

    /**
     * Returns whether a declared limit is the same as one of the same amount that is reported to count by sliding
     * window.
     */
    boolean isSlidingOf(LimitCounter declared, long amount, long windowNanos) {
        long declaredNanos = Redeclaration.window(declared).windowNanos();
        return declared.unit() == unit
                && declared.quota().amount() == amount
                && Math.abs(declaredNanos - windowNanos) <= declaredNanos / WINDOW_TOLERANCE;
    }

    /**
     * Returns whether a reported limit is a declared one. Where the window wasn't said, its amount and
     * the longest reset must speak for it: of two limits of one amount the resets tell which is meant.
     */
    boolean isSame(LimitCounter declared, ReportedQuota reported, long now) {
        return declared.unit() == unit
                && (window.isZero() ? hasAmountOf(declared, reported, now) : isWithin(declared, reported));
    }

    /** Returns whether a limit has a declared one's window, and allows no more. */
    private boolean isWithin(LimitCounter declared, Quota reported) {
        return declared.quota().window().equals(Optional.of(window))
                && reported.amount() <= declared.quota().amount();
    }

    private static boolean hasAmountOf(LimitCounter declared, ReportedQuota reported, long now) {
        long windowNanos = Redeclaration.window(declared).windowNanos();
        long refillNanos = reported.standing(now).refillNanos();
        return reported.amount() == declared.quota().amount()
                && refillNanos > windowNanos / 2
                && refillNanos / 2 <= windowNanos;
    }
}
