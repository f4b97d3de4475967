package dev.whippletree.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** A strategy by its name, its settings and what opens its pickers. Immutable. */
abstract class NamedStrategy implements BalancingStrategy {

    private final String name;
    private final Set<SettingKey> settings;
    private final BiFunction<Settings, RandomGenerator, Picker> picker;

    NamedStrategy(String name, Set<SettingKey> settings, BiFunction<Settings, RandomGenerator, Picker> picker) {
        this.name = name;
        this.settings = settings;
        this.picker = picker;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Set<SettingKey> settings() {
        return settings;
    }

    @Override
    public final Picker open(Settings given, RandomGenerator random) {
        return picker.apply(given, random);
    }
}
