package dev.whippletree.engine.pool;

/**
 * Which slots of an account are taken, and since when. Guarded by the engine's lock.
 *
 * <p>Whichever attempt ends, it is the slot taken first that counts as free: where answers take about as long, that is the same.
 */
final class Slots {

    /** When each was taken, in order: a ring. */
    private long[] taken = new long[8];

    private int head;
    private int size;

    int size() {
        return size;
    }

    void take(long now) {
        if (size == taken.length) {
            grow();
        }
        taken[(head + size++) & (taken.length - 1)] = now;
    }

    void free() {
        head = (head + 1) & (taken.length - 1);
        size--;
    }

    /**
     * Returns how many attempts could begin within a time, were each free slot taken at once.
     *
     * @param all how many slots there are
     * @param holdNanos how long each is held; 0 if that isn't known, and then there is no bound
     * @param aheadNanos 0 or more
     */
    long roomWithin(long aheadNanos, long all, long holdNanos, long now) {
        if (holdNanos == 0) {
            return Long.MAX_VALUE / 4;
        }
        long rounds = aheadNanos / holdNanos;
        long rest = aheadNanos - rounds * holdNanos;
        long free = Math.max(0, all - size);
        return free * (rounds + 1) + size * rounds + takenUpTo(now + rest - holdNanos);
    }

    private int takenUpTo(long moment) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (taken[(head + middle) & (taken.length - 1)] <= moment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void grow() {
        long[] larger = new long[taken.length * 2];
        for (int index = 0; index < size; index++) {
            larger[index] = taken[(head + index) & (taken.length - 1)];
        }
        taken = larger;
        head = 0;
    }
}
