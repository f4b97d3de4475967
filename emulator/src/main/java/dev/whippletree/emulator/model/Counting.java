package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/** How a service counts a limit. */
public enum Counting {
    /** No window of the limit's length, wherever it starts, holds more than the amount. */
    SLIDING,
    /** Windows follow each other; each starts empty. */
    FIXED,
    /** A window starts, empty, with the first use after the end of the one before. */
    FROM_FIRST_USE,
    /** A bucket of the amount that refills bit by bit, amount per window. */
    BUCKET;

    Meter meter(Limit limit, long startNanos) {
        return switch (this) {
            case SLIDING -> new SlidingMeter(limit);
            case FIXED -> new FixedMeter(limit, startNanos);
            case FROM_FIRST_USE -> new FirstUseMeter(limit);
            case BUCKET -> new BucketMeter(limit);
        };
    }
}
