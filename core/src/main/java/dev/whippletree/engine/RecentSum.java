package dev.whippletree.engine;

import java.time.Duration;

/** The sum of what was added within a window before now, to a tenth of the window. Guarded by the engine's lock. */
final class RecentSum {

    private static final int SLICES = 10;

    private final long sliceNanos;
    private final long[] amounts = new long[SLICES + 1];
    private long newest;

    /** Creates an empty one. */
    RecentSum(Duration window, long now) {
        this.sliceNanos = window.toNanos() / SLICES;
        this.newest = sliceOf(now);
    }

    /** Returns whether it is over a window of about this length. */
    boolean isOver(Duration window) {
        return Math.abs(window.toNanos() / SLICES - sliceNanos) <= sliceNanos / SLICES;
    }

    void add(long amount, long now) {
        moveTo(now);
        amounts[at(newest)] += amount;
    }

    /** Returns the sum. Of the slice that the window's begin cuts, only the part within counts. */
    long sum(long now) {
        moveTo(now);
        double cut = amounts[at(newest - SLICES)] * (1 - (double) Math.floorMod(now, sliceNanos) / sliceNanos);
        long whole = 0;
        for (int back = 0; back < SLICES; back++) {
            whole += amounts[at(newest - back)];
        }
        return whole + Math.round(cut);
    }

    private void moveTo(long now) {
        long slice = sliceOf(now);
        for (long next = Math.max(newest + 1, slice - SLICES); next <= slice; next++) {
            amounts[at(next)] = 0;
        }
        newest = Math.max(newest, slice);
    }

    private long sliceOf(long now) {
        return Math.floorDiv(now, sliceNanos);
    }

    private int at(long slice) {
        return (int) Math.floorMod(slice, (long) amounts.length);
    }
}
