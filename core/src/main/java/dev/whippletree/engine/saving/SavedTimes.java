package dev.whippletree.engine.saving;

import java.time.Duration;
import java.time.Instant;

/** Converts ticker readings, which mean nothing to another process, to moments and back, by a pair of one instant. */
record SavedTimes(long now, Instant at) {

    private static final Duration FURTHEST = Duration.ofDays(3650);

    /** Returns the moment of a reading. */
    Instant instant(long nanos) {
        return at.plusNanos(nanos - now);
    }

    /** Returns the same in milliseconds since 1970, never before it. */
    long millis(long nanos) {
        return instant(nanos).plusNanos(999_999).toEpochMilli();
    }

    /** Returns the reading at a moment; one that is more than ten years away counts as ten years away. */
    long nanos(Instant moment) {
        Duration ahead = Duration.between(at, moment);
        if (ahead.abs().compareTo(FURTHEST) > 0) {
            return now + (ahead.isNegative() ? -FURTHEST.toNanos() : FURTHEST.toNanos());
        }
        return now + ahead.toNanos();
    }

    long nanos(long epochMillis) {
        return nanos(Instant.ofEpochMilli(epochMillis));
    }
}
