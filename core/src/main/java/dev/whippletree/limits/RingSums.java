package dev.whippletree.limits;

/**
 * Sums over the slots of a ring. Changing a slot, summing successive slots, and finding the slot where a sum is reached
 * take O(log n).
 *
 * <p>A binary indexed tree (Fenwick, "A New Data Structure for Cumulative Frequency Tables", Software: Practice and
 * Experience 24, 1994). Amounts aren't negative.
 */
final class RingSums {

    private final long[] amounts;

    /** At index i, the sum of the last k slots before slot i, where k is the lowest set bit of i. */
    private final long[] tree;

    /** Creates a ring of zeros; the number of slots is a power of two. */
    RingSums(int slots) {
        this.amounts = new long[slots];
        this.tree = new long[slots + 1];
    }

    long amount(int slot) {
        return amounts[slot];
    }

    void set(int slot, long amount) {
        long difference = amount - amounts[slot];
        if (difference == 0) {
            return;
        }
        amounts[slot] = amount;
        for (int index = slot + 1; index < tree.length; index += Integer.lowestOneBit(index)) {
            tree[index] += difference;
        }
    }

    /** Returns the sum of successive slots, at most all; they go on at slot 0 after the last. */
    long sum(int from, int count) {
        int end = from + count;
        return end <= amounts.length
                ? below(end) - below(from)
                : below(amounts.length) - below(from) + below(end - amounts.length);
    }

    /**
     * Returns how many successive slots add up to less than {@code goal}. All slots together must reach it.
     *
     * @param from the first of them
     * @param goal 1 or more
     */
    int countBelow(int from, long goal) {
        long before = below(from);
        long untilEnd = below(amounts.length) - before;
        return goal <= untilEnd
                ? slotReaching(before + goal) - from
                : amounts.length - from + slotReaching(goal - untilEnd);
    }

    private long below(int slot) {
        long sum = 0;
        for (int index = slot; index > 0; index -= Integer.lowestOneBit(index)) {
            sum += tree[index];
        }
        return sum;
    }

    /** Returns the slot at which the sum from slot 0 on reaches a goal. */
    private int slotReaching(long goal) {
        int index = 0;
        long missing = goal;
        for (int step = amounts.length; step > 0; step /= 2) {
            if (index + step < tree.length && tree[index + step] < missing) {
                index += step;
                missing -= tree[index];
            }
        }
        return index;
    }
}
