package dev.whippletree.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * One limit and its use.
 *
 * <p>Arithmetic only: it is told the time and says how long to wait, and never waits itself. All times are readings of one
 * monotonic clock in nanoseconds, and each call's {@code now} is at or after the last one's. Amounts are in the limit's unit.
 * Confined: the engine calls it under its lock.
 *
 * <p>Between reserving a use and the service's counting it lies an unknown time. Every implementation therefore counts a use
 * from when it is reserved until the latest moment at which the service can have counted it has left the window.
 */
public sealed interface Quota permits SlidingWindow, ReportedQuota, Pace {

    /** Returns the most that one window allows, 1 or more. */
    long amount();

    /** Returns the window, if it is known. */
    Optional<Duration> window();

    /** Returns how much may be reserved now, 0 or more. */
    long left(long now);

    /**
     * Returns how long until a total of {@code sum} could have been reserved, were each part of it reserved as early as possible
     * and nothing else: 0 if all of it fits now.
     *
     * @param sum 0 or more; may exceed {@link #amount()}, for those at the end of a line
     */
    long waitNanos(long sum, long now);

    /**
     * Returns the largest sum for which {@link #waitNanos} is at most {@code aheadNanos}, the inverse of that method.
     *
     * @param aheadNanos 0 or more
     */
    default long roomWithin(long aheadNanos, long now) {
        return roomWithin(aheadNanos, 0, now);
    }

    /**
     * Returns the same if each part of the sum leaves an amount unreserved.
     *
     * @param aheadNanos 0 or more
     * @param leave 0 or more, below {@link #amount()}
     */
    long roomWithin(long aheadNanos, long leave, long now);

    /**
     * Reserves an amount, whether or not it fits: that was the caller's to ask.
     *
     * @param amount 0 or more
     */
    Use reserve(long amount, long now);

    /** An amount that was reserved. Ends with {@link #release} if it never reached the service, with
     * {@link #lost} if nobody knows, else with {@link #arrived}. */
    interface Use {

        /**
         * The request has been written, and arrives by a moment that is known.
         *
         * @param latestArrival the latest moment at which it can arrive
         */
        void sent(long latestArrival, long now);

        /** The service has counted the use by now. Calls after the first change nothing; one before the moment that it was to arrive by does. */
        void arrived(long now);

        /**
         * Nobody will hear any more when the service counted it, as when the call was broken off.
         *
         * @param latestArrival the latest moment at which it can still arrive
         */
        void lost(long latestArrival, long now);

        /** The amount turned out to be another one. */
        void settle(long actual, long now);

        /** It never reached the service: the amount is free again. */
        void release(long now);
    }
}
