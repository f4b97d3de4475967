package dev.whippletree.limits;

/**
 * Which slots of an account are taken, and since when. Guarded by the engine's lock.
 *
 * <p>Whichever attempt ends, the slot taken first becomes free. If answers take about equally long, that is the same.
 */
public final class Slots {

    private static final long UNBOUNDED = Long.MAX_VALUE / 4;

    /** After so many doublings, any number of slots is reached. */
    private static final long LONGEST_GROWTH = 30;

    /** When each was taken, in order: a ring. */
    private long[] taken = new long[8];

    private int head;
    private int size;

    public int size() {
        return size;
    }

    public void take(long now) {
        if (size == taken.length) {
            grow();
        }
        taken[(head + size++) & (taken.length - 1)] = now;
    }

    /** Frees the slot taken first. */
    public void free() {
        head = (head + 1) & (taken.length - 1);
        size--;
    }

    /**
     * Returns how many attempts could begin within a time, if each free slot were taken at once.
     *
     * @param all how many slots there are
     * @param most how many there can be: each attempt that ends adds a slot until then
     * @param holdNanos how long each is held; 0 if unknown, which means no bound
     * @param aheadNanos 0 or more
     */
    public long roomWithin(long aheadNanos, long all, long most, long holdNanos, long now) {
        if (holdNanos == 0) {
            return UNBOUNDED;
        }
        long rounds = aheadNanos / holdNanos;
        long rest = aheadNanos - rounds * holdNanos;
        long ended = takenUpTo(now + rest - holdNanos);
        long room = Math.max(0, most - size) * (rounds + 1) + size * rounds + ended;
        return all < most ? Math.min(room, growingRoom(rounds, Math.max(0, all - size), ended)) : room;
    }

    /** Each attempt that ends lets two begin. */
    private long growingRoom(long rounds, long free, long ended) {
        long times = 1L << Math.min(rounds, LONGEST_GROWTH);
        return free * (2 * times - 1) + size * (2 * times - 2) + ended * 2 * times;
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
