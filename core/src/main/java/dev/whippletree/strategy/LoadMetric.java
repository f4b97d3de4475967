package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;

/**
 * A target's load as one number. The picker decides what follows from it: metric and picker are apart, as in Finagle's
 * load balancers, so that each can be understood and tested alone. Confined, as pickers are.
 */
@FunctionalInterface
interface LoadMetric {

    /** Attempts in flight, relative to the target's weight. Equal shares give equal numbers, so ties are exact. */
    LoadMetric IN_FLIGHT = (target, nowNanos) -> (double) target.inFlight() / target.weight();

    /** Returns the load, 0 or more; lower is better. Changes nothing. */
    double load(TargetView target, long nowNanos);

    /** Learns how an attempt ended; see {@link Picker#ended}. */
    default void ended(String target, Picker.Outcome outcome, long latencyNanos, long nowNanos) {}
}
