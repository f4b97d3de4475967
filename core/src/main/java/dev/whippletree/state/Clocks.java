package dev.whippletree.state;

import java.time.Duration;
import java.time.Instant;

/** What to make of a moment that another clock, or this one before it was put back, has written down. */
final class Clocks {

    /** By how much the clocks of two machines that share a folder may differ. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private Clocks() {}

    /** Returns whether a moment that has been lies in the future. */
    static boolean isAhead(Instant been, Instant now) {
        return been.isAfter(now.plus(TOLERANCE));
    }

    /** Returns a moment as far from now as it was from then. */
    static Instant moved(Instant moment, Instant then, Instant now) {
        return now.plus(Duration.between(then, moment));
    }
}
