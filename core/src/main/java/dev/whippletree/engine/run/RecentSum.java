package dev.whippletree.engine.run;

import java.time.Duration;
import java.util.Arrays;

/**
 * The sum of what was added within a window before now, counted in slices of the window. Guarded by the engine's lock.
 */
public final class RecentSum {

    private final long sliceNanos;
    private final int slices;

    /** A ring: the window's slices, and the one that its beginning cuts. */
    private final long[] amounts;

    private long newest = Long.MIN_VALUE;

    /**
     * Creates an empty one.
     *
     * @param slices the number of slices in the window, 1 or more
     */
    public RecentSum(Duration window, int slices) {
        this.sliceNanos = window.toNanos() / slices;
        this.slices = slices;
        this.amounts = new long[slices + 1];
    }

    /** Returns whether its window has about this length. */
    public boolean isOver(Duration window) {
        return Math.abs(window.toNanos() / slices - sliceNanos) <= sliceNanos / slices;
    }

    public void add(long amount, long now) {
        moveTo(now);
        amounts[at(newest)] += amount;
    }

    /** Returns the sum, with the part of the cut slice that is within the window. */
    public long sum(long now) {
        long whole = sumOfWholeSlices(now);
        double cut = amounts[at(newest - slices)] * (1 - (double) Math.floorMod(now, sliceNanos) / sliceNanos);
        return whole + Math.round(cut);
    }

    /** Returns the sum without the cut slice. */
    public long sumOfWholeSlices(long now) {
        moveTo(now);
        long whole = 0;
        for (int back = 0; back < slices; back++) {
            whole += amounts[at(newest - back)];
        }
        return whole;
    }

    public void clear() {
        Arrays.fill(amounts, 0);
    }

    private void moveTo(long now) {
        long slice = Math.floorDiv(now, sliceNanos);
        for (long next = Math.max(newest + 1, slice - slices); next <= slice; next++) {
            amounts[at(next)] = 0;
        }
        newest = Math.max(newest, slice);
    }

    private int at(long slice) {
        return (int) Math.floorMod(slice, (long) amounts.length);
    }
}
