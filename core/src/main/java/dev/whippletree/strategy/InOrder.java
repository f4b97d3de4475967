package dev.whippletree.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses the first ready target, in the order of the configuration. Ignores weights and makes no random choice.
 *
 * <p>For targets of different worth that are to be used up one after the other: the account that is paid for anyway
 * before the one that costs by the call. It balances nothing: the first target works until its concurrency or a limit
 * is reached, and only what it can't take goes on to the second. Unlike a further tier, the second is used at once,
 * without {@code patience}. It breaks where the first is slow or often fails: every prompt meets it first, until it
 * cools down.
 *
 * <p>HAProxy calls this algorithm {@code first} (HAProxy Configuration Manual, {@code balance}).
 */
public final class InOrder implements BalancingStrategy {

    /** Creates the strategy. */
    public InOrder() {}

    /** Returns {@code in-order}. */
    @Override
    public String name() {
        return "in-order";
    }

    /** Returns none: the order is the configuration's. */
    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public Picker open(Settings settings, RandomGenerator random) {
        return (ready, nowNanos) -> 0;
    }
}
