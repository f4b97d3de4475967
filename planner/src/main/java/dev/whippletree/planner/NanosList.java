package dev.whippletree.planner;

import java.time.Duration;
import java.util.Arrays;

/** A growing list of durations, and their percentiles. Confined to one simulation. */
final class NanosList {

    private static final double HALF = 0.5;
    private static final double MOST = 0.95;

    private long[] nanos = new long[16];
    private int size;

    void add(long value) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = value;
    }

    /** Returns the summary; zeros if there are no times. */
    Outcome.Times times() {
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return new Outcome.Times(at(sorted, HALF), at(sorted, MOST), at(sorted, 1));
    }

    /** Returns how many are longer than another time. */
    long longerThan(Duration time) {
        return Arrays.stream(nanos, 0, size)
                .filter(value -> value > time.toNanos())
                .count();
    }

    private static Duration at(long[] sorted, double share) {
        return sorted.length == 0
                ? Duration.ZERO
                : Duration.ofNanos(sorted[(int) Math.ceil(share * sorted.length) - 1]);
    }
}
