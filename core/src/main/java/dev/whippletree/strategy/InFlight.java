package dev.whippletree.strategy;

import dev.whippletree.spi.TargetView;

/** Attempts under way, relative to the target's weight. Equal shares give equal numbers, so ties are ties. */
final class InFlight implements LoadMetric {

    @Override
    public double load(TargetView target, long nowNanos) {
        return (double) target.inFlight() / target.weight();
    }
}
