package dev.whippletree.engine.pool;

import java.time.Duration;

/**
 * How long a scope is left alone whose service refuses calls without saying for how long: twice as long each time until it lets one
 * in. Guarded by the engine's lock.
 */
final class Pauses {

    /** The first pause where nothing better is known. */
    static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

    /** A limit that gives way sooner than that is found open soon enough; one call in this time hammers nobody. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

    private static final double JITTER = 0.25;

    private long next;
    private long until = Long.MIN_VALUE;

    /**
     * Returns when it is asked again, now that a call was refused. Calls begun before the last pause was over don't prolong it.
     *
     * @param firstNanos the first pause
     * @param chance 0 to 1, by which pauses differ a little, lest several processes ask at the same moment
     */
    long refused(long begun, long firstNanos, double chance, long now) {
        if (begun >= until) {
            next = next == 0 ? firstNanos : Math.min(LONGEST_NANOS, next * 2);
            until = now + (long) (next * (1 + JITTER * chance));
        }
        return until;
    }

    /** It let in a call. */
    void letIn(long begun) {
        if (begun >= until) {
            next = 0;
        }
    }
}
