package dev.whippletree.quota;

/**
 * Uses in the order of their dates.
 *
 * <p>A ring, since uses are added near its end and removed at its start. Adding costs as many moves as there are later dates,
 * almost always none.
 */
final class UsesByDate {

    /** Returned where there is no such date. */
    static final long NONE = Long.MIN_VALUE;

    private Entry[] ring = new Entry[16];
    private int head;
    private int size;
    private long sum;

    /** How many amounts aren't 1. Where all are, as in a limit of requests, sums are counts and need no adding up. */
    private int notOne;

    private static final Entry NOBODY = new Entry(0);

    /** A use's amount and, once it is known, its date. */
    static final class Entry {

        private long amount;
        private long date = NONE;
        private boolean removed;

        Entry(long amount) {
            this.amount = amount;
        }

        long amount() {
            return amount;
        }

        boolean dated() {
            return date != NONE;
        }

        boolean removed() {
            return removed;
        }
    }

    /** Adds a use that has no date yet. */
    void add(Entry entry, long date) {
        entry.date = date;
        sum += entry.amount;
        notOne += entry.amount == 1 ? 0 : 1;
        if (size == ring.length) {
            grow();
        }
        int index = size++;
        while (index > 0 && at(index - 1).date > date) {
            put(index, at(index - 1));
            index--;
        }
        put(index, entry);
    }

    /** Changes a use's amount, whether or not it is here yet. */
    void resize(Entry entry, long amount) {
        if (entry.dated()) {
            sum += amount - entry.amount;
            notOne += (amount == 1 ? 0 : 1) - (entry.amount == 1 ? 0 : 1);
        }
        entry.amount = amount;
    }

    /** Removes the uses dated at or before a moment, and returns their sum. */
    long removeUpTo(long date) {
        long removed = 0;
        while (size > 0 && at(0).date <= date) {
            Entry first = at(0);
            first.removed = true;
            removed += first.amount;
            notOne -= first.amount == 1 ? 0 : 1;
            ring[head] = NOBODY;
            head = (head + 1) & (ring.length - 1);
            size--;
        }
        sum -= removed;
        return removed;
    }

    /** Returns the date of the use with which the sum, counted from the earliest, reaches {@code goal}; {@link #NONE} if never. */
    long dateOfAccumulated(long goal) {
        if (goal > sum) {
            return NONE;
        }
        if (notOne == 0 && goal > 0) {
            return at((int) goal - 1).date;
        }
        long accumulated = 0;
        for (int index = 0; index < size; index++) {
            accumulated += at(index).amount;
            if (accumulated >= goal) {
                return at(index).date;
            }
        }
        return NONE;
    }

    /** Returns the sum of all uses that are here. */
    long sum() {
        return sum;
    }

    /** Returns the sum of the uses dated at or before a moment. */
    long sumUpTo(long date) {
        int count = countUpTo(date);
        if (notOne == 0) {
            return count;
        }
        long accumulated = 0;
        for (int index = 0; index < count; index++) {
            accumulated += at(index).amount;
        }
        return accumulated;
    }

    private int countUpTo(long date) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).date <= date) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Entry at(int index) {
        return ring[(head + index) & (ring.length - 1)];
    }

    private void put(int index, Entry entry) {
        ring[(head + index) & (ring.length - 1)] = entry;
    }

    private void grow() {
        Entry[] larger = new Entry[ring.length * 2];
        for (int index = 0; index < size; index++) {
            larger[index] = at(index);
        }
        ring = larger;
        head = 0;
    }
}
