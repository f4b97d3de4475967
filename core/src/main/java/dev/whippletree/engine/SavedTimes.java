package dev.whippletree.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * Turns readings of the ticker, which mean nothing to another process, into moments that do, and back; both taken at one instant.
 *
 * @param now the ticker's reading
 * @param at the time of day
 */
record SavedTimes(long now, Instant at) {

    /** Returns when a reading is or was. */
    Instant instant(long nanos) {
        return at.plusNanos(nanos - now);
    }

    /** Returns the same in milliseconds since 1970, never before it. */
    long millis(long nanos) {
        return instant(nanos).plusNanos(999_999).toEpochMilli();
    }

    /** Returns the reading at a moment that is not many years away. */
    long nanos(Instant moment) {
        return now + Duration.between(at, moment).toNanos();
    }

    long nanos(long epochMillis) {
        return nanos(Instant.ofEpochMilli(epochMillis));
    }
}
