package dev.whippletree.limits.learning;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How long a service is left alone after it refused a call. Arithmetic only. Confined.
 *
 * <p>A {@code Retry-After} is believed: nothing is sent before. From the third refusal in a row of a call sent after
 * it, the pause is at least half of the time since the first, five minutes at most, so that an hour's limit reported as
 * a second costs some twenty calls. Where the service doesn't say how long to wait, the first pause takes what four
 * calls do, and each further one twice as long until a call is admitted.
 */
public final class RefusalBackoff {

    /** The first pause where no rate is known. */
    private static final double FIRST_NANOS = Duration.ofMillis(500).toNanos();

    /** The first pause, as a number of calls at the known rate: it costs little wherever a window ends. */
    private static final double CALLS_OF_A_PAUSE = 4;

    /** The longest pause: one call in five minutes burdens no service. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

    /** The first two refusals in a row may be due to other calls that used what there was. */
    private static final int FORGIVEN = 2;

    private static final double JITTER = 0.25;

    private long pauseNanos;
    private long until = Long.MIN_VALUE;

    /** Since when nothing has been admitted; meaningless while {@link #refusals} is 0. */
    private long refusedSince;

    /** How many times in a row a call was refused that began after the pause was over. */
    private int refusals;

    /**
     * Returns when to ask again, now that a call was refused. Calls begun before the last pause was over prolong it
     * only by what the service reported.
     *
     * @param retryAfter how long the service said to wait, if it did
     * @param perNano the rate that is kept, calls a nanosecond, if one was found
     * @param jitter 0 to 1, by which pauses differ a little, so that several processes don't ask at the same moment
     */
    public long refused(long begun, OptionalLong retryAfter, OptionalDouble perNano, double jitter, long now) {
        if (begun >= until) {
            if (refusals == 0) {
                refusedSince = now;
            }
            refusals++;
            until = now + (retryAfter.isPresent() ? halfOfRefused(now) : doubled(perNano, jitter));
        }
        if (retryAfter.isPresent()) {
            until = Math.max(until, now + retryAfter.getAsLong());
        }
        return until;
    }

    private long doubled(OptionalDouble perNano, double jitter) {
        pauseNanos = pauseNanos == 0 ? Math.round(firstNanos(perNano)) : Math.min(LONGEST_NANOS, pauseNanos * 2);
        return (long) (pauseNanos * (1 + JITTER * jitter));
    }

    private static double firstNanos(OptionalDouble perNano) {
        return perNano.isPresent()
                ? Math.min((double) LONGEST_NANOS, CALLS_OF_A_PAUSE / perNano.getAsDouble())
                : FIRST_NANOS;
    }

    private long halfOfRefused(long now) {
        return refusals > FORGIVEN ? Math.min(LONGEST_NANOS, (now - refusedSince) / 2) : 0;
    }

    public void admitted(long begun) {
        if (begun >= until) {
            pauseNanos = 0;
            refusals = 0;
        }
    }

    /** Returns whether nothing has been admitted since a call was refused. */
    public boolean refusesAll() {
        return refusals > 0;
    }

    /** Returns whether only one call may find out if others are admitted again. */
    public boolean isHalfOpen() {
        return refusals > 1;
    }
}
