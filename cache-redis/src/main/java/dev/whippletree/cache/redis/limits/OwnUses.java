package dev.whippletree.cache.redis.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What this process has used of a limit, by date, for one window. Guarded by its owner.
 *
 * <p>Uses are summed in slots, a 1,024th of the window each, and leave when the end of their slot is one window ago:
 * never early.
 */
final class OwnUses {

    private static final long SLOTS = 1_024;

    private final TreeMap<Long, Long> amountByEndNanos = new TreeMap<>();
    private long sum;

    /** A sum of uses, and the latest moment of any of them. */
    record Dated(long atNanos, long amount) {}

    /** Adds a use. */
    void add(long atNanos, long amount, long windowNanos) {
        if (amount > 0) {
            amountByEndNanos.merge(endOfSlot(atNanos, windowNanos), amount, Long::sum);
            sum += amount;
        }
    }

    /** Returns when the slot of a moment ends, which is what counts for all that is in it. */
    static long endOfSlot(long atNanos, long windowNanos) {
        long width = Math.max(1, windowNanos / SLOTS);
        return (Math.floorDiv(atNanos, width) + 1) * width;
    }

    /** Returns what was used within the window that ends now, or is dated later; forgets what is older. */
    long sum(long nowNanos, long windowNanos) {
        forget(nowNanos, windowNanos);
        return sum;
    }

    private void forget(long nowNanos, long windowNanos) {
        while (!amountByEndNanos.isEmpty() && amountByEndNanos.firstKey() <= nowNanos - windowNanos) {
            sum -= amountByEndNanos.pollFirstEntry().getValue();
        }
    }

    /** Returns what was used, for certain, after one moment and until another, as far as it isn't forgotten. */
    long sumBetween(long fromNanos, long untilNanos) {
        return fromNanos >= untilNanos
                ? 0
                : amountByEndNanos.subMap(fromNanos, false, untilNanos, true).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** Returns how long it takes until an amount has left; a window if there isn't that much. */
    long waitNanos(long amount, long nowNanos, long windowNanos) {
        long left = 0;
        for (var slot : amountByEndNanos.entrySet()) {
            left += slot.getValue();
            if (left >= amount) {
                return Math.max(1, slot.getKey() + windowNanos - nowNanos);
            }
        }
        return windowNanos;
    }

    /** Returns what {@link #sum} sums up. */
    List<Dated> all(long nowNanos, long windowNanos) {
        forget(nowNanos, windowNanos);
        List<Dated> all = new ArrayList<>();
        amountByEndNanos.forEach((end, amount) -> all.add(new Dated(end, amount)));
        return all;
    }
}
