package acme;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Always picks the last target that is ready. */
public final class LastStrategy implements BalancingStrategy {

    @Override
    public String name() {
        return "last";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public Picker open(Settings settings, RandomGenerator random) {
        return (ready, nowNanos) -> ready.size() - 1;
    }
}
