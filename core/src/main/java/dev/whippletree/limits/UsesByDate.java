package dev.whippletree.limits;

import java.util.function.Consumer;

/**
 * Uses in the order of their dates.
 *
 * <p>A ring, because uses are added near its end and removed at its start. Adding moves all uses of later dates, almost
 * always none. Adding, changing an amount and summing take O(log n) besides.
 */
final class UsesByDate {

    /** Returned where there is no such date. */
    static final long NONE = Long.MIN_VALUE;

    private DatedEntry[] ring = new DatedEntry[16];

    /**
     * The entries' dates, kept apart: an entry that leaves after a whole window is no longer in the processor's cache.
     */
    private long[] dates = new long[16];

    private RingSums sums = new RingSums(16);
    private int head;
    private int size;
    private long sum;

    private static final DatedEntry NOBODY = new DatedEntry(0);

    /** A use's amount and, once it is known, its date, which may later turn out to be earlier. */
    static final class DatedEntry {

        private final boolean own;
        private long amount;
        private long date = NONE;
        private boolean removed;
        private int slot;

        DatedEntry(long amount) {
            this(amount, true);
        }

        private DatedEntry(long amount, boolean own) {
            this.amount = amount;
            this.own = own;
        }

        /** Returns an empty entry for uses by others. */
        static DatedEntry ofOthers() {
            return new DatedEntry(0, false);
        }

        /** Returns an entry without a date, of the same amount and origin. */
        DatedEntry copy() {
            return new DatedEntry(amount, own);
        }

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

    void add(DatedEntry entry, long date) {
        sum += entry.amount;
        if (size == ring.length) {
            grow();
        }
        insert(entry, date, size++);
    }

    /** Inserts a use at a free place, or before it. */
    private void insert(DatedEntry entry, long date, int free) {
        int index = free;
        while (index > 0 && date(index - 1) > date) {
            put(index, at(index - 1));
            index--;
        }
        entry.date = date;
        put(index, entry);
    }

    /** Moves a use to an earlier date; ignores a later one. */
    void bringForward(DatedEntry entry, long date) {
        if (date < entry.date) {
            insert(entry, date, (entry.slot - head) & (ring.length - 1));
        }
    }

    long sum() {
        return sum;
    }

    void forEach(Consumer<DatedEntry> consumer) {
        for (int index = 0; index < size; index++) {
            consumer.accept(at(index));
        }
    }

    /** Changes the amount of a use that hasn't been removed, whether or not it has been added. */
    void resize(DatedEntry entry, long amount) {
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

    /**
     * Returns the date of the use with which the sum, counted from the earliest, reaches {@code goal}; {@link #NONE} if
     * never.
     */
    long dateOfAccumulated(long goal) {
        if (goal > sum || size == 0) {
            return NONE;
        }
        DatedEntry first = at(0);
        return goal <= first.amount ? first.date : at(sums.countBelow(head, goal)).date;
    }

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

    private DatedEntry at(int index) {
        return ring[slot(index)];
    }

    private long date(int index) {
        return dates[slot(index)];
    }

    private int slot(int index) {
        return (head + index) & (ring.length - 1);
    }

    private void put(int index, DatedEntry entry) {
        entry.slot = slot(index);
        ring[entry.slot] = entry;
        dates[entry.slot] = entry.date;
        sums.set(entry.slot, entry.amount);
    }

    private void grow() {
        DatedEntry[] all = new DatedEntry[size];
        for (int index = 0; index < size; index++) {
            all[index] = at(index);
        }
        ring = new DatedEntry[ring.length * 2];
        dates = new long[ring.length];
        sums = new RingSums(ring.length);
        head = 0;
        for (int index = 0; index < size; index++) {
            put(index, all[index]);
        }
    }
}
