package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.List;

/**
 * Watches a rate until it is flat: that of the last window is within 3 % of the one before. Confined to one thread.
 */
final class Flatness {

    private static final double TOLERANCE = 0.03;

    private final double windowSeconds;
    private final int leastWindows;
    private final int mostWindows;
    private final List<Double> rates = new ArrayList<>();
    private double seconds;
    private long calls;

    Flatness(double windowSeconds, int leastWindows, int mostWindows) {
        this.windowSeconds = windowSeconds;
        this.leastWindows = leastWindows;
        this.mostWindows = mostWindows;
    }

    void add(double moreSeconds, long moreCalls) {
        seconds += moreSeconds;
        calls += moreCalls;
        if (seconds >= windowSeconds) {
            rates.add(calls / seconds);
            seconds = 0;
            calls = 0;
        }
    }

    /** Returns whether the rate is flat, or the time is over. */
    boolean isOver() {
        return rates.size() >= mostWindows || (rates.size() >= leastWindows && isFlat());
    }

    boolean isFlat() {
        int last = rates.size() - 1;
        return last > 0 && Math.abs(rates.get(last) - rates.get(last - 1)) <= TOLERANCE * rates.get(last - 1);
    }

    List<Double> rates() {
        return List.copyOf(rates);
    }
}
