package dev.whippletree.batch;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many calls an item needs, by those that ended last. Confined to the run. */
final class CallShare {

    /** So many items are the last ones, and a quarter of many more. */
    private static final long LATEST = 250;

    private final double atFirst;
    private final Deque<Ended> seen = new ArrayDeque<>();
    private long ended;
    private long called;

    /** How many had ended at some moment, and how many of these by a call. */
    private record Ended(long ended, long called) {}

    /**
     * Creates one.
     *
     * @param atFirst as long as nothing has ended
     */
    CallShare(double atFirst) {
        this.atFirst = atFirst;
        seen.add(new Ended(0, 0));
    }

    /** An item has ended, by a call of its own or without one. */
    void ended(boolean byCall) {
        ended++;
        called += byCall ? 1 : 0;
    }

    /** Returns the calls of an item, 0 to 1. */
    double now() {
        seen.add(new Ended(ended, called));
        Ended then = seen.remove();
        while (!seen.isEmpty() && seen.getFirst().ended() <= ended - Math.max(LATEST, ended / 4)) {
            then = seen.remove();
        }
        seen.addFirst(then);
        return ended == then.ended() ? atFirst : (double) (called - then.called()) / (ended - then.ended());
    }
}
