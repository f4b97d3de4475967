package dev.whippletree.state;

import java.time.Duration;
import java.time.Instant;

/** What to make of a moment that another clock, or this one before it was put back, has written down. */
final class Clocks {

    /** By how much the clocks of two machines that share a folder may differ. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private static final Duration FURTHEST = Duration.ofDays(3650);

    private Clocks() {}

    /** Returns whether a moment that has been lies in the future. */
    static boolean isAhead(Instant been, Instant now) {
        return been.isAfter(now.plus(TOLERANCE));
    }

    /** Returns whether a moment is yet to come, and not so far off that no service can have meant it. */
    static boolean isToCome(Instant moment, Instant now) {
        return moment.isAfter(now) && moment.isBefore(now.plus(FURTHEST));
    }

    /** Returns a moment as far from now as it was from then. */
    static Instant moved(Instant moment, Instant then, Instant now) {
        return now.plus(Duration.between(then, moment));
    }
}
