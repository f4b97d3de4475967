package dev.whippletree.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses the target with the largest share of its quota left; among equals, the one with the fewest in flight
 * relative to its weight. Random only in the first turn, with {@link Start#SPREAD}.
 *
 * <p>Accounts whose limits differ are used up at the same pace, so that all of them can still take a call when the window is
 * almost over, and one that others use as well is spared. A weight counts only between equals: the limits say how much each
 * should carry. It assumes that the limits are known, and that they, not the services' speed, are what binds. A target of which
 * no limit is known counts as wholly free, so beside others it is given everything until its concurrency is reached; and a slow
 * account with a large limit is still given the most. Where the limits are ample it spreads by their size, which is as good as
 * any other.
 *
 * <p>The rule is the greedy one for a pool of depleting budgets: spend where relatively most is left. It is Whippletree's own;
 * how the shares are counted is said in {@link dev.whippletree.spi.TargetView#headroom()}.
 */
public final class MostHeadroom implements BalancingStrategy {

    /** Creates the strategy. */
    public MostHeadroom() {}

    /** Returns {@code most-headroom}. */
    @Override
    public String name() {
        return "most-headroom";
    }

    /** Returns {@code start}. */
    @Override
    public Set<SettingKey> settings() {
        return Set.of(Start.KEY);
    }

    @Override
    public Picker open(Settings settings, RandomGenerator random) {
        return new LeastLoaded(
                new Turns(Start.of(settings), random), (target, nowNanos) -> 1 - target.headroom(), new InFlight());
    }
}
