package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;

/**
 * What a process saw of a limit when it last looked, and what it may have of it until it can look again. Immutable.
 *
 * <p>Cut off from n processes, each has an nth of the amount. But at first, it has no more than it had within a window,
 * and an nth of what was left: all together that is no more than the amount. Processes have looked at different
 * moments, {@link #APART_NANOS} apart at most. So what was granted here in such a time is taken off this process's part
 * of what was left, as often as there are others who may not know of it; and that holds for a window and such a time.
 *
 * <p>What others have in flight may last. So for as long as blocks do, if others hold more than an nth, those that
 * don't make up for it together, as far as one may hold it all.
 *
 * @param left by all
 * @param own what all others still counted as this process's when contact was lost
 * @param unknownToOthers what was granted here so lately that others may not have seen it
 * @param heldByOthers in all other processes' blocks
 * @param blocksLeaveAtNanos when these blocks have expired and left the window
 */
record LastLook(long atNanos, long left, long own, long unknownToOthers, long heldByOthers, long blocksLeaveAtNanos) {

    /** All look with each beat, which takes a moment. */
    static final long APART_NANOS = Contact.INTERVAL.plusMillis(500).toNanos();

    LastLook withOwn(long stillOwn) {
        return new LastLook(atNanos, left, stillOwn, unknownToOthers, heldByOthers, blocksLeaveAtNanos);
    }

    /** Returns a later look, at what is used. */
    LastLook withUse(long laterNanos, long leftThen, long ownThen, long unknown) {
        return new LastLook(laterNanos, leftThen, ownThen, unknown, heldByOthers, blocksLeaveAtNanos);
    }

    /** Returns how much may be in use within any window. */
    long most(long amount, long windowNanos, int processes, long nowNanos) {
        long share = amount / processes;
        long most = share;
        if (nowNanos - blocksLeaveAtNanos < 0) {
            long more = Math.max(0, heldByOthers - share);
            most += Math.floorDiv(-more, Math.max(1, processes - 1));
        }
        if (nowNanos - atNanos < windowNanos + APART_NANOS) {
            long part = Math.max(0, left - (processes - 1) * unknownToOthers) / processes;
            most = Math.min(most, own + part);
        }
        return most;
    }
}
