package dev.whippletree.config;

import dev.whippletree.spi.SettingKey;
import java.util.Map;
import java.util.Set;

/**
 * The plugins that a configuration may name, and the settings each knows. Immutable.
 *
 * @param providers by name
 * @param caches by name
 * @param strategies by name
 */
public record KnownPlugins(
        Map<String, Set<SettingKey>> providers,
        Map<String, Set<SettingKey>> caches,
        Map<String, Set<SettingKey>> strategies) {

    /** Copies the maps. */
    public KnownPlugins {
        providers = Map.copyOf(providers);
        caches = Map.copyOf(caches);
        strategies = Map.copyOf(strategies);
    }
}
