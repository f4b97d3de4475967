package dev.whippletree.cache.redis.limits;

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

    private final TreeMap<Long, Dated> byEndNanos = new TreeMap<>();
    private long sum;

    /** A sum of uses, and the latest moment of any of them. */
    record Dated(long atNanos, long amount) {

        private Dated and(Dated other) {
            return new Dated(Math.max(atNanos, other.atNanos), amount + other.amount);
        }
    }

    void add(long atNanos, long amount, long windowNanos) {
        if (amount > 0) {
            byEndNanos.merge(endOfSlot(atNanos, windowNanos), new Dated(atNanos, amount), Dated::and);
            sum += amount;
        }
    }

    void addAll(OwnUses others, long windowNanos) {
        others.byEndNanos.values().forEach(use -> add(use.atNanos(), use.amount(), windowNanos));
    }

    /** Takes from others what is in the latest slot of both; returns whether nothing is left there. */
    boolean takeLatest(OwnUses others, long windowNanos) {
        if (byEndNanos.lastKey().equals(others.byEndNanos.lastKey())) {
            Dated latest = others.byEndNanos.pollLastEntry().getValue();
            others.sum -= latest.amount();
            add(latest.atNanos(), latest.amount(), windowNanos);
        }
        return others.byEndNanos.isEmpty();
    }

    /** Returns when the slot of a moment ends, which is what counts for all that is in it. */
    private static long endOfSlot(long atNanos, long windowNanos) {
        long width = Math.max(1, windowNanos / SLOTS);
        return (Math.floorDiv(atNanos, width) + 1) * width;
    }

    /** Returns what was used within the window that ends now, or is dated later; {@link #forget forgets} the rest. */
    long sum(long nowNanos, long windowNanos) {
        forget(nowNanos, windowNanos);
        return sum;
    }

    /** Forgets what was used before the window that ends now. */
    void forget(long nowNanos, long windowNanos) {
        while (!byEndNanos.isEmpty() && byEndNanos.firstKey() <= nowNanos - windowNanos) {
            sum -= byEndNanos.pollFirstEntry().getValue().amount();
        }
    }

    /** Returns what was used, for certain, after one moment and until another, as far as it isn't forgotten. */
    long sumBetween(long fromNanos, long untilNanos) {
        return fromNanos >= untilNanos
                ? 0
                : byEndNanos.subMap(fromNanos, false, untilNanos, true).values().stream()
                        .mapToLong(Dated::amount)
                        .sum();
    }

    /** Returns how long it takes until an amount has left; a window if there isn't that much. */
    long waitNanos(long amount, long nowNanos, long windowNanos) {
        long left = 0;
        for (var slot : byEndNanos.entrySet()) {
            left += slot.getValue().amount();
            if (left >= amount) {
                return Math.max(1, slot.getKey() + windowNanos - nowNanos);
            }
        }
        return windowNanos;
    }

    /** Returns what {@link #sum} sums up. */
    List<Dated> all(long nowNanos, long windowNanos) {
        forget(nowNanos, windowNanos);
        return List.copyOf(byEndNanos.values());
    }
}
