package dev.whippletree.strategy;

import java.util.Set;

/**
 * Chooses the target with the largest share of its quota left; among equals, the one with the fewest in flight
 * relative to its weight. Random only in the first turn, with {@link FirstTurn#SPREAD}.
 *
 * <p>Accounts with different limits are used up at the same pace, so all of them can still take calls near the end
 * of a window, and an account that others use too is spared. Weights count only between equals, because the limits
 * say how much each should carry. The assumption is that limits are known, and that they are the bottleneck, not
 * the services' speed. A target without a known limit counts as completely free, so it gets everything until its
 * concurrency is reached; and a slow account with a large limit still gets the most. If limits are ample, it
 * spreads by their size, which is as good as any other rule.
 *
 * <p>The rule is the greedy one for a pool of depleting budgets: spend where the largest share is left. It is
 * Whippletree's own; {@link dev.whippletree.spi.TargetView#headroom()} says how shares are counted.
 */
public final class MostHeadroom extends NamedStrategy {

    public MostHeadroom() {
        super(
                "most-headroom",
                Set.of(FirstTurn.KEY),
                (settings, random) -> new LeastLoaded(
                        new Turns(FirstTurn.of(settings), random),
                        (target, nowNanos) -> 1 - target.headroom(),
                        LoadMetric.IN_FLIGHT));
    }
}
