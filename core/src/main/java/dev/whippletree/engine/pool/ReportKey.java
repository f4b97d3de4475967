package dev.whippletree.engine.pool;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.quota.ReportedQuota;
import java.time.Duration;
import java.util.Optional;

/**
 * What tells one reported limit of a scope from another, and whether a declared one is the same. Immutable.
 *
 * @param unit what it counts
 * @param refill how what was used comes back
 * @param window its window; zero if that wasn't said
 */
public record ReportKey(Limit.Unit unit, Refill refill, Duration window) {

    static ReportKey of(RateLimitReport report) {
        return new ReportKey(report.unit(), report.refill(), report.window().orElse(Duration.ZERO));
    }

    /**
     * Returns whether the service counts a declared limit in a bucket that is no larger: then its own count can stand for ours,
     * whether or not the service goes on to tell of it.
     */
    boolean isBucketOf(Meter declared, ReportedQuota reported) {
        return refill == Refill.CONTINUOUS && declared.unit() == unit && hasWindowOf(declared, reported);
    }

    /**
     * Returns whether what is told of a reported limit holds for a declared one too. Where the window wasn't said, its amount and
     * the longest reset must speak for it: of two limits of one amount the resets tell which is meant.
     */
    boolean isSame(Meter declared, ReportedQuota reported, long now) {
        return declared.unit() == unit
                && (window.isZero() ? hasAmountOf(declared, reported, now) : hasWindowOf(declared, reported));
    }

    private boolean hasWindowOf(Meter declared, ReportedQuota reported) {
        return declared.quota().window().equals(Optional.of(window))
                && reported.amount() <= declared.quota().amount();
    }

    private static boolean hasAmountOf(Meter declared, ReportedQuota reported, long now) {
        long windowNanos = Redeclaration.window(declared).windowNanos();
        long refillNanos = reported.standing(now).refillNanos();
        return reported.amount() == declared.quota().amount()
                && refillNanos > windowNanos / 2
                && refillNanos / 2 <= windowNanos;
    }
}
