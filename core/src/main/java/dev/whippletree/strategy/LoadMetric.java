package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;

/**
 * How loaded a target is, as one number. What to do with the number is the picker's business: the two are apart, as in
 * Finagle's load balancers, so that each can be understood and tested alone. Confined, as pickers are.
 */
@FunctionalInterface
interface LoadMetric {

    /** Attempts under way, relative to the target's weight. Equal shares give equal numbers, so ties are ties. */
    LoadMetric IN_FLIGHT = (target, nowNanos) -> (double) target.inFlight() / target.weight();

    /** Returns the load, 0 or more; of two targets the one with less is the better choice. Changes nothing. */
    double load(TargetView target, long nowNanos);

    /** Learns how an attempt ended; see {@link Picker#ended}. */
    default void ended(String target, Picker.Outcome outcome, long latencyNanos, long nowNanos) {}
}
