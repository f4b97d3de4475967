package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;

/**
 * What a process saw of a limit when it last looked, and what it may have of it until it can look again. Immutable.
 *
 * <p>Cut off from n processes, each may go on at what it had within a window, and at an nth of what was left: all
 * together that is no more than the amount. One window later, it is an nth of the amount, if that is less, and after
 * another one in any case. Processes have looked at different moments, {@link #APART_NANOS} apart at most. So what was
 * granted here in such a time is taken off this process's part of what was left, as often as there are others who may
 * not know of it; and the second window lasts for that much longer.
 *
 * <p>What others have in flight may last. So for as long as blocks do, whoever holds more than an nth keeps it, and the
 * others, who can't tell how many hold it, make up for it together.
 *
 * @param left by all
 * @param own what all others still counted as this process's when contact was lost
 * @param unknownToOthers what was granted here so lately that others may not have seen it
 * @param held in this process's block
 * @param heldByOthers in all other blocks
 * @param blocksLeaveAtNanos when these blocks have expired and left the window
 */
record LastLook(
        long atNanos,
        long left,
        long own,
        long unknownToOthers,
        long held,
        long heldByOthers,
        long blocksLeaveAtNanos) {

    /** All look with each beat, which takes a moment. */
    static final long APART_NANOS = Contact.INTERVAL.plusMillis(500).toNanos();

    LastLook withOwn(long stillOwn) {
        return new LastLook(atNanos, left, stillOwn, unknownToOthers, held, heldByOthers, blocksLeaveAtNanos);
    }

    /** Returns a later look, at what is used. */
    LastLook withUse(long laterNanos, long leftThen, long ownThen, long unknown) {
        return new LastLook(laterNanos, leftThen, ownThen, unknown, held, heldByOthers, blocksLeaveAtNanos);
    }

    /** Returns how much may be in use within any window. */
    long most(long amount, long windowNanos, int processes, long nowNanos) {
        long share = amount / processes;
        long age = nowNanos - atNanos;
        long most = nowNanos - blocksLeaveAtNanos < 0 ? besideBlocks(share, processes) : share;
        if (age < 2 * windowNanos + APART_NANOS) {
            long asBefore = own + Math.max(0, left - (processes - 1) * unknownToOthers) / processes;
            most = age < windowNanos ? asBefore : Math.min(most, asBefore);
        }
        return Math.min(most, amount);
    }

    private long besideBlocks(long share, int processes) {
        long more = Math.max(0, heldByOthers - share);
        return Math.max(held, share + Math.floorDiv(-more, Math.max(1, processes - 1)));
    }
}
