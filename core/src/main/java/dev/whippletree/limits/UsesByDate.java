package dev.whippletree.limits;

import java.util.function.Consumer;

/**
 * Uses in the order of their dates.
 *
 * <p>A ring, since uses are added near its end and removed at its start. Adding costs as many moves as there are later dates,
 * almost always none; that, changing an amount and adding up cost O(log n) besides.
 */
final class UsesByDate {

    /** Returned where there is no such date. */
    static final long NONE = Long.MIN_VALUE;

    private Entry[] ring = new Entry[16];

    /** The entries' dates beside them: an entry that leaves hasn't been looked at for a whole window. */
    private long[] dates = new long[16];

    private RingSums sums = new RingSums(16);
    private int head;
    private int size;
    private long sum;

    private static final Entry NOBODY = new Entry(0);

    /** A use's amount and, once it is known, its date, which may later turn out to be earlier. */
    static final class Entry {

        private final boolean own;
        private long amount;
        private long date = NONE;
        private boolean removed;
        private int slot;

        Entry(long amount) {
            this(amount, true);
        }

        private Entry(long amount, boolean own) {
            this.amount = amount;
            this.own = own;
        }

        /** Returns an entry for what others used, nothing so far. */
        static Entry ofOthers() {
            return new Entry(0, false);
        }

        /** Returns an undated entry of the same amount, reserved by the same. */
        Entry copy() {
            return new Entry(amount, own);
        }

        /** Returns whether it was reserved here. */
        boolean own() {
            return own;
        }

        long amount() {
            return amount;
        }

        long date() {
            return date;
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
        sum += entry.amount;
        if (size == ring.length) {
            grow();
        }
        insert(entry, date, size++);
    }

    /** Enters a use at a free place, or before it. */
    private void insert(Entry entry, long date, int free) {
        int index = free;
        while (index > 0 && date(index - 1) > date) {
            put(index, at(index - 1));
            index--;
        }
        entry.date = date;
        put(index, entry);
    }

    /** Gives an earlier date to a use that is here; a later one changes nothing. */
    void bringForward(Entry entry, long date) {
        if (date < entry.date) {
            insert(entry, date, (entry.slot - head) & (ring.length - 1));
        }
    }

    /** Returns the sum of all uses. */
    long sum() {
        return sum;
    }

    /** Shows each use, in the order of their dates. */
    void forEach(Consumer<Entry> consumer) {
        for (int index = 0; index < size; index++) {
            consumer.accept(at(index));
        }
    }

    /** Changes the amount of a use that hasn't been removed, whether or not it is here yet. */
    void resize(Entry entry, long amount) {
        if (entry.dated()) {
            sum += amount - entry.amount;
            sums.set(entry.slot, amount);
        }
        entry.amount = amount;
    }

    /** Removes the uses dated at or before a moment, and returns their sum. */
    long removeUpTo(long date) {
        long removed = 0;
        while (size > 0 && dates[head] <= date) {
            ring[head].removed = true;
            removed += sums.amount(head);
            sums.set(head, 0);
            ring[head] = NOBODY;
            head = (head + 1) & (ring.length - 1);
            size--;
        }
        sum -= removed;
        return removed;
    }

    /** Returns the date of the use with which the sum, counted from the earliest, reaches {@code goal}; {@link #NONE} if never. */
    long dateOfAccumulated(long goal) {
        if (goal > sum || size == 0) {
            return NONE;
        }
        Entry first = at(0);
        return goal <= first.amount ? first.date : at(sums.countBelow(head, goal)).date;
    }

    /** Returns the sum of the uses dated at or before a moment. */
    long sumUpTo(long date) {
        return sums.sum(head, countUpTo(date));
    }

    private int countUpTo(long date) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (date(middle) <= date) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Entry at(int index) {
        return ring[slot(index)];
    }

    private long date(int index) {
        return dates[slot(index)];
    }

    private int slot(int index) {
        return (head + index) & (ring.length - 1);
    }

    private void put(int index, Entry entry) {
        entry.slot = slot(index);
        ring[entry.slot] = entry;
        dates[entry.slot] = entry.date;
        sums.set(entry.slot, entry.amount);
    }

    private void grow() {
        Entry[] all = new Entry[size];
        for (int index = 0; index < size; index++) {
            all[index] = at(index);
        }
        ring = new Entry[ring.length * 2];
        dates = new long[ring.length];
        sums = new RingSums(ring.length);
        head = 0;
        for (int index = 0; index < size; index++) {
            put(index, all[index]);
        }
    }
}
