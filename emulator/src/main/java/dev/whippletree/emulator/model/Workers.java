package dev.whippletree.emulator.model;

import java.util.Arrays;
import java.util.OptionalInt;

/** Processes a limited number of requests at once. Guarded by its service's lock. */
final class Workers {

    private static final long IDLE = Long.MIN_VALUE;

    private final long[] busyUntil;

    /** Creates workers of whom none has anything to do: so many, or enough for everybody. */
    Workers(OptionalInt most) {
        this.busyUntil = new long[most.orElse(0)];
        Arrays.fill(busyUntil, IDLE);
    }

    /** Returns the first moment, not before the given one, at which a worker is free. */
    long freeAt(long notBeforeNanos) {
        long first = busyUntil.length == 0 ? notBeforeNanos : Long.MAX_VALUE;
        for (long until : busyUntil) {
            first = Math.min(first, until);
        }
        return Math.max(notBeforeNanos, first);
    }

    /**
     * One of them is at work; of those that are free by then the one that was busy last, so that the others can begin
     * earlier.
     */
    void work(long fromNanos, long untilNanos) {
        int chosen = -1;
        for (int i = 0; i < busyUntil.length; i++) {
            if (busyUntil[i] <= fromNanos && (chosen < 0 || busyUntil[i] > busyUntil[chosen])) {
                chosen = i;
            }
        }
        if (chosen >= 0) {
            busyUntil[chosen] = untilNanos;
        }
    }
}
