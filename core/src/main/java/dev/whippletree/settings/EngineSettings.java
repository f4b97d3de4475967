package dev.whippletree.settings;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The settings of the whole engine. Immutable.
 *
 * @param lineSize the most flights that may wait; if one more comes, one is refused
 * @param tenantLineSize the most flights of one tenant that may wait; absent: {@code lineSize}
 * @param batchShare the batch prompts' share of the starts while interactive prompts wait, 0 to 0.5; 0: batch prompts
 *     start only if no interactive one waits
 * @param maxConcurrency attempts in flight on an account that states no number of its own
 * @param cacheTimeout how long to wait for a cache; then it counts as a miss
 */
public record EngineSettings(
        int lineSize, OptionalInt tenantLineSize, double batchShare, int maxConcurrency, Duration cacheTimeout) {

    /** The share of batch prompts where none is stated. */
    public static final double DEFAULT_BATCH_SHARE = 0.05;

    private static final double MOST_BATCH_SHARE = 0.5;

    /** A line of 10,000 flights, 64 attempts in flight per account, one second for a cache. */
    public static final EngineSettings DEFAULT = new EngineSettings(10_000, 64, Duration.ofSeconds(1));

    /** Checks the ranges. */
    public EngineSettings {
        Objects.requireNonNull(tenantLineSize, "tenantLineSize");
        if (lineSize < 0) {
            throw new IllegalArgumentException("line-size can't be negative: " + lineSize);
        }
        if (tenantLineSize.isPresent() && tenantLineSize.getAsInt() < 0) {
            throw new IllegalArgumentException("tenant-line-size can't be negative: " + tenantLineSize.getAsInt());
        }
        if (!(batchShare >= 0 && batchShare <= MOST_BATCH_SHARE)) {
            throw new IllegalArgumentException("batch-share must be 0 % to 50 %, not " + batchShare * 100 + " %");
        }
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException("max-concurrency must be 1 or more, not " + maxConcurrency);
        }
        if (cacheTimeout.isZero() || cacheTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "cache-timeout must be positive, not " + cacheTimeout.toMillis() + " ms");
        }
    }

    /** Creates settings with the default batch share, and without a limit of the line for one tenant. */
    public EngineSettings(int lineSize, int maxConcurrency, Duration cacheTimeout) {
        this(lineSize, OptionalInt.empty(), DEFAULT_BATCH_SHARE, maxConcurrency, cacheTimeout);
    }

    /** Returns the most flights of one tenant that may wait. */
    public int lineSizeOfATenant() {
        return Math.min(lineSize, tenantLineSize.orElse(lineSize));
    }

    /** Returns the same with another number of flights that may wait. */
    public EngineSettings withLineSize(int lineSize) {
        return new EngineSettings(lineSize, tenantLineSize, batchShare, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another number of flights of one tenant that may wait. */
    public EngineSettings withTenantLineSize(int tenantLineSize) {
        return new EngineSettings(lineSize, OptionalInt.of(tenantLineSize), batchShare, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another share of batch prompts, 0 to 0.5. */
    public EngineSettings withBatchShare(double batchShare) {
        return new EngineSettings(lineSize, tenantLineSize, batchShare, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another number of attempts in flight on an account. */
    public EngineSettings withMaxConcurrency(int maxConcurrency) {
        return new EngineSettings(lineSize, tenantLineSize, batchShare, maxConcurrency, cacheTimeout);
    }

    /** Returns the same with another timeout of caches. */
    public EngineSettings withCacheTimeout(Duration cacheTimeout) {
        return new EngineSettings(lineSize, tenantLineSize, batchShare, maxConcurrency, cacheTimeout);
    }
}
