package dev.whippletree.state;

import java.time.Duration;
import java.time.Instant;

/** Interprets moments written by another clock, or by this one before it was put back. */
final class Clocks {

    /** The largest difference between the clocks of two machines that share a folder. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private static final Duration FURTHEST = Duration.ofDays(3650);

    private Clocks() {}

    /** Returns whether a past moment lies in the future of this clock. */
    static boolean isAhead(Instant been, Instant now) {
        return been.isAfter(now.plus(TOLERANCE));
    }

    /** Returns whether a moment is in the future, but not beyond what any service can mean. */
    static boolean isToCome(Instant moment, Instant now) {
        return moment.isAfter(now) && moment.isBefore(now.plus(FURTHEST));
    }

    /** Returns a moment shifted by the time from then to now. */
    static Instant moved(Instant moment, Instant then, Instant now) {
        return now.plus(Duration.between(then, moment));
    }
}
