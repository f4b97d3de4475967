package dev.whippletree.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * One limit and its use.
 *
 * <p>Arithmetic only: callers pass the time, and it returns how long to wait but never waits itself. All times are
 * readings of one monotonic clock in nanoseconds, and each call's {@code now} is at or after the last one's. Amounts
 * are in the limit's unit. Confined: the engine calls it under its lock.
 *
 * <p>The service counts a use at an unknown time after it was reserved. So each implementation counts a use from its
 * reservation on, until the latest moment at which the service can have counted it has left the window.
 */
public sealed interface Quota permits SlidingWindow, ReportedQuota, Pace {

    /** Returns the most that one window allows, 1 or more. */
    long amount();

    /** Returns the window, if it is known. */
    Optional<Duration> window();

    /** Returns how much may be reserved now, 0 or more. */
    long left(long now);

    /**
     * Returns how long until a total of {@code sum} can have been reserved, if each part is reserved as early as
     * possible and nothing else is: 0 if all of it fits now.
     *
     * @param sum 0 or more; may exceed {@link #amount()}, for those at the end of a line
     */
    long waitNanos(long sum, long now);

    /**
     * Returns the largest sum for which {@link #waitNanos} is at most {@code aheadNanos}, its inverse, if
     * each part of the sum must keep a reserve free.
     *
     * @param aheadNanos 0 or more
     * @param reserve 0 or more, below {@link #amount()}
     */
    long roomWithin(long aheadNanos, long reserve, long now);

    /**
     * Reserves an amount without checking that it fits: the caller has checked.
     *
     * @param amount 0 or more
     */
    Use reserve(long amount, long now);

    /** An amount that was reserved. Ends with {@link #release} if it never reached the service, with
     * {@link #lost} if nobody knows, else with {@link #arrived}. */
    interface Use {

        /**
         * The request has been written, so its latest arrival is known.
         *
         * @param latestArrival the latest moment at which it can arrive
         */
        default void sent(long latestArrival, long now) {}

        /**
         * The service has counted the use by now. A call before the latest arrival dates the use earlier; further calls
         * change nothing.
         */
        void arrived(long now);

        /**
         * It will never be known when the service counted the use, for example because the call was broken off.
         *
         * @param latestArrival the latest moment at which it can still arrive
         */
        void lost(long latestArrival, long now);

        /** The actual amount is known. */
        default void settle(long actual, long now) {}

        /** The use never reached the service: its amount is free again. */
        void release(long now);
    }
}
