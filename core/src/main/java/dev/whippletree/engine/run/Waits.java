package dev.whippletree.engine.run;

import dev.whippletree.model.Failure;
import java.time.Duration;
import java.util.OptionalLong;

/** Waits in nanoseconds, and two special values. They are ordered: a longer wait is a larger number. */
public final class Waits {

    /** Longer than anybody waits, and short enough for sums of it to fit. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /**
     * The longest time that a service is believed without a call in between: the longest window that services are known
     * to have. A service that names an absurd one would be lost for good.
     */
    public static final long LONGEST_BELIEVED_NANOS = Duration.ofDays(1).toNanos();

    /** Now. */
    public static final long NONE = 0;

    /** Until an event, such as another attempt's end; nobody knows when. */
    public static final long UNTIL_EVENT = Long.MAX_VALUE - 1;

    /** Until somebody fixes something; no end in sight. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    private Waits() {}

    /** Returns a duration in nanoseconds, at most a hundred years and at least zero. */
    public static long nanos(Duration duration) {
        if (duration.isNegative()) {
            return NONE;
        }
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
    }

    /** Returns the wait that a service stated with a failure, a day at most; empty if none, or if it is over. */
    public static OptionalLong reported(Failure failure) {
        long nanos = Math.min(nanos(failure.retryAfter().orElse(Duration.ZERO)), LONGEST_BELIEVED_NANOS);
        return nanos > NONE ? OptionalLong.of(nanos) : OptionalLong.empty();
    }

    /** Returns whether {@link #reported} is less than the service stated, since that isn't believed. */
    public static boolean isShortened(Failure failure) {
        return nanos(failure.retryAfter().orElse(Duration.ZERO)) > LONGEST_BELIEVED_NANOS;
    }

    public static boolean isKnown(long wait) {
        return wait < UNTIL_EVENT;
    }

    /** Returns whether a wait is a time, and ends only after a deadline. */
    public static boolean isTooLong(long wait, OptionalLong deadline, long now) {
        return isKnown(wait) && deadline.isPresent() && wait > deadline.getAsLong() - now;
    }
}
