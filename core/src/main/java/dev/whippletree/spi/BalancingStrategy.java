package dev.whippletree.spi;

import java.util.Set;
import java.util.random.RandomGenerator;

/** A way to choose among equally preferred targets. Stateless; thread-safe. */
public interface BalancingStrategy {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /** Returns the settings it knows. */
    Set<SettingKey> settings();

    /**
     * Opens a picker for one tier of one route.
     *
     * @param settings the user's values
     * @param random for strategies that draw lots
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    Picker open(Settings settings, RandomGenerator random);
}
