package dev.whippletree.emulator.model;

/** Counts what was used of one limit. Confined to its service's lock; moments never go back. */
interface Meter {

    /**
     * Returns how long to wait until so much fits: 0 if it fits now.
     *
     * @param amount 1 or more, at most the limit's amount
     */
    long waitNanos(long amount, long nowNanos);

    /** Counts a use, whether it fits or not. */
    void take(long amount, long nowNanos);

    /** Gives back of a use what turned out not to count, unless it is back already. */
    void giveBack(long amount, long takenNanos, long nowNanos);

    /** Allows another amount from now on; what counts as used stays so. */
    void change(long limit, long nowNanos);

    /** Returns what counts as used now, rounded up. */
    long used(long nowNanos);

    /** Returns how long until nothing counts as used, if nothing is used meanwhile. */
    long resetNanos(long nowNanos);
}
