package dev.whippletree.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses the target with the fewest attempts in flight relative to its weight. Random only in the first turn, with
 * {@link Start#SPREAD}.
 *
 * <p>A slow target keeps its attempts longer, so it has more of them and is given fewer new ones: work goes where it gets done,
 * without measuring anything. It assumes that what is in flight is a fair measure of how busy a target is. That breaks where a
 * target fails fast: it is always idle and draws the traffic, until the engine lets it cool down. With little traffic nothing is
 * ever in flight, and it is round-robin, which a slow target gets its full share of.
 *
 * <p>Targets with equally little take turns by weight. This is the method of nginx's {@code least_conn}
 * (ngx_http_upstream_least_conn_module, 1.3.1), of whose kind Finagle's {@code LeastLoaded} metric is as well.
 */
public final class LeastInFlight implements BalancingStrategy {

    /** Creates the strategy. */
    public LeastInFlight() {}

    /** Returns {@code least-in-flight}. */
    @Override
    public String name() {
        return "least-in-flight";
    }

    /** Returns {@code start}. */
    @Override
    public Set<SettingKey> settings() {
        return Set.of(Start.KEY);
    }

    @Override
    public Picker open(Settings settings, RandomGenerator random) {
        return new LeastLoaded(new Turns(Start.of(settings), random), new InFlight());
    }
}
