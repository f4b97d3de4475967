package dev.whippletree.settings;

import java.time.Duration;

/**
 * What holds for the whole engine. Immutable.
 *
 * @param lineSize flights that may wait at once; one more is refused
 * @param maxConcurrency attempts under way at once on an account that states no number of its own
 * @param cacheTimeout how long a cache is waited for before its silence is a miss
 */
public record EngineSettings(int lineSize, int maxConcurrency, Duration cacheTimeout) {

    /** A line of 10,000, 64 in flight an account, one second for a cache. */
    public static final EngineSettings DEFAULT = new EngineSettings(10_000, 64, Duration.ofSeconds(1));

    /** Checks the ranges. */
    public EngineSettings {
        if (lineSize < 0) {
            throw new IllegalArgumentException("line-size can't be negative: " + lineSize);
        }
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("max-concurrency is 1 or more, not " + maxConcurrency);
        }
        if (cacheTimeout.isZero() || cacheTimeout.isNegative()) {
            throw new IllegalArgumentException("cache-timeout is positive, not " + cacheTimeout);
        }
    }

    /** Returns the same with another number of flights that may wait. */
    public EngineSettings withLineSize(int lineSize) {
        return new EngineSettings(lineSize, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another number of attempts under way on an account. */
    public EngineSettings withMaxConcurrency(int maxConcurrency) {
        return new EngineSettings(lineSize, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another time that a cache is waited for. */
    public EngineSettings withCacheTimeout(Duration cacheTimeout) {
        return new EngineSettings(lineSize, maxConcurrency, cacheTimeout);
    }
}
