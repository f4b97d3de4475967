package dev.whippletree.state;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Identifies a sliding window, without its amount, so that uses still count if the declared amount changes. Immutable.
 *
 * @param scope what it applies to
 * @param unit what it counts
 * @param window its length, a millisecond or more
 */
public record WindowKey(Scope scope, Limit.Unit unit, Duration window) {

    /** Into how many buckets a window is cut, which is by how much later than it might a saved use gives its room back. */
    private static final int BUCKETS = 240;

    /** How far ahead of its being saved a use can be dated: a request may still be on its way. */
    private static final long AHEAD_MILLIS = 60_000;

    /** Rejects null and the window is positive. */
    public WindowKey {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(unit, "unit");
        if (window.toMillis() < 1) {
            throw new IllegalArgumentException("a window is a millisecond or more, not " + window);
        }
    }

    /** Returns the bucket that a moment is in, by its end: the first moment, in milliseconds since 1970, that is not before it. */
    public long bucket(long epochMillis) {
        long length = bucketMillis();
        return Math.multiplyExact(-Math.floorDiv(-epochMillis, length), length);
    }

    /** Returns how long a bucket is: a 240th of the window, a millisecond or more. */
    public long bucketMillis() {
        return Math.max(1, window.toMillis() / BUCKETS);
    }

    /** Returns whether a use dated then has left the window. */
    boolean hasLeft(long dateMillis, Instant now) {
        return dateMillis <= now.minus(window).toEpochMilli();
    }

    /** Returns a use's date; one that lies further ahead than it can is by a clock that has been put back, and becomes now. */
    long plausible(long dateMillis, Instant now) {
        long latest = bucket(now.toEpochMilli() + Math.min(window.toMillis(), AHEAD_MILLIS));
        return Math.min(dateMillis, latest);
    }
}
