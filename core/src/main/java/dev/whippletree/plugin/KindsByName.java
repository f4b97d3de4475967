package dev.whippletree.plugin;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import java.util.Map;

/** The plugins that a configuration may name, by their names. */
record KindsByName(
        Map<String, Provider> providers,
        Map<String, Cache> caches,
        Map<String, BalancingStrategy> strategies,
        Map<String, Coordinator> coordinators) {}
