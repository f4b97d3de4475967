package dev.whippletree.state;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Identifies a sliding window, without its amount, so that uses still count if the declared amount changes. Immutable.
 *
 * @param window its length, a millisecond or more
 */
public record WindowKey(Scope scope, Limit.Unit unit, Duration window) {

    /** The number of buckets in a window. A saved use may give back its room later by one bucket. */
    private static final int BUCKETS = 240;

    /** How far in the future a saved use may be dated, because its request may still be on its way. */
    private static final long AHEAD_MILLIS = 60_000;

    public WindowKey {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(unit, "unit");
        if (window.toMillis() < 1) {
            throw new IllegalArgumentException("a window is a millisecond or more, not " + window.toNanos() + " ns");
        }
    }

    /** Returns the end of the bucket that contains a moment, in milliseconds since 1970. */
    public long bucket(long epochMillis) {
        long length = bucketMillis();
        return Math.multiplyExact(-Math.floorDiv(-epochMillis, length), length);
    }

    /** Returns the length of a bucket: a 240th of the window, a millisecond or more. */
    public long bucketMillis() {
        return Math.max(1, window.toMillis() / BUCKETS);
    }

    /** Returns whether a use dated then has left the window. */
    boolean hasLeft(long dateMillis, Instant now) {
        return dateMillis <= now.minus(window).toEpochMilli();
    }

    /** Returns a use's date; one too far in the future comes from a clock that has been put back, and becomes now. */
    long plausible(long dateMillis, Instant now) {
        long latest = bucket(now.toEpochMilli() + Math.min(window.toMillis(), AHEAD_MILLIS));
        return Math.min(dateMillis, latest);
    }
}
