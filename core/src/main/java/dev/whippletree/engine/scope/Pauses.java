package dev.whippletree.engine.scope;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * For how long a scope is left alone after its service refused a call. Guarded by the engine's lock.
 *
 * <p>A {@code Retry-After} is believed: nothing is sent before. If the service refuses again a call sent after that, the next pause is
 * at least half of the time for which it has refused everything so far, so that an hour's limit reported as a second costs some twenty
 * calls. Where the service doesn't say how long to wait, the first pause is given, and each further one twice as long until it
 * admits a call.
 */
final class Pauses {

    /** The first pause where nothing better is known. */
    static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

    /** A limit that gives way sooner than that is found open soon enough; one call in this time hammers nobody. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

    /** When it opens for all, some may be refused only because others used what there was; from the next time on one call goes alone. */
    private static final int AMONG_MANY = 2;

    private static final double JITTER = 0.25;

    private long next;
    private long until = Long.MIN_VALUE;

    /** Since when nothing has been admitted; meaningless while {@link #refusals} is 0. */
    private long refusedSince;

    /** How many times in a row it refused a call that began after its pause was over. */
    private int refusals;

    /**
     * Returns when it is asked again, now that a call was refused. Calls begun before the last pause was over prolong it only by what
     * the service reported.
     *
     * @param reported how long the service said to wait, if it did
     * @param firstNanos the first pause
     * @param chance 0 to 1, by which pauses differ a little, lest several processes ask at the same moment
     */
    long refused(long begun, OptionalLong reported, long firstNanos, double chance, long now) {
        if (begun >= until) {
            if (refusals == 0) {
                refusedSince = now;
            }
            refusals++;
            until = now + (reported.isPresent() ? refusedAgain(now) : doubled(firstNanos, chance));
        }
        if (reported.isPresent()) {
            until = Math.max(until, now + reported.getAsLong());
        }
        return until;
    }

    private long doubled(long firstNanos, double chance) {
        next = next == 0 ? firstNanos : Math.min(LONGEST_NANOS, next * 2);
        return (long) (next * (1 + JITTER * chance));
    }

    private long refusedAgain(long now) {
        return refusals > AMONG_MANY ? Math.min(LONGEST_NANOS, (now - refusedSince) / 2) : 0;
    }

    /** Returns whether it has admitted nothing since it refused a call. */
    boolean areOn() {
        return refusals > 0;
    }

    /** Returns whether only one call may find out if it admits again. */
    boolean isUncertain() {
        return refusals > 1;
    }

    /** It admitted a call. */
    void letIn(long begun) {
        if (begun >= until) {
            next = 0;
            refusals = 0;
        }
    }
}
