package dev.whippletree.plugin;

import dev.whippletree.config.KnownPlugins;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.SettingKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The plugins that are there: providers, caches and balancing strategies, found by {@link java.util.ServiceLoader}. Immutable. */
public final class PluginCatalog {

    private final Kinds<Provider> providers;
    private final Kinds<Cache> caches;
    private final Kinds<BalancingStrategy> strategies;

    /**
     * Finds what there is.
     *
     * @param loader where to look for entries
     * @param given plugins beside those that the loader finds
     * @throws ConfigurationException if two plugins of one sort have the same name, naming both
     */
    public PluginCatalog(ClassLoader loader, GivenPlugins given) {
        this.providers = new Kinds<>("provider", Provider.class, Provider::name, given.providers(), loader);
        this.caches = new Kinds<>("cache", Cache.class, Cache::name, given.caches(), loader);
        this.strategies =
                new Kinds<>("strategy", BalancingStrategy.class, BalancingStrategy::name, given.strategies(), loader);
        List<String> duplicates = Stream.of(providers, caches, strategies)
                .flatMap(kinds -> kinds.duplicates().stream())
                .toList();
        if (!duplicates.isEmpty()) {
            throw new ConfigurationException(duplicates);
        }
    }

    /**
     * Plugins that a program hands over itself. Immutable.
     *
     * @param providers providers
     * @param caches caches
     * @param strategies strategies
     */
    public record GivenPlugins(List<Provider> providers, List<Cache> caches, List<BalancingStrategy> strategies) {

        /** Copies the lists. */
        public GivenPlugins {
            providers = List.copyOf(providers);
            caches = List.copyOf(caches);
            strategies = List.copyOf(strategies);
        }
    }

    Kinds<Provider> providers() {
        return providers;
    }

    Kinds<Cache> caches() {
        return caches;
    }

    Kinds<BalancingStrategy> strategies() {
        return strategies;
    }

    /** Returns the entries that couldn't be loaded, a line each: harmless unless a configuration names them. */
    public List<String> broken() {
        return Stream.of(providers, caches, strategies)
                .flatMap(kinds -> kinds.broken().stream())
                .toList();
    }

    /** Returns the names and settings that a configuration may use. */
    public KnownPlugins known() {
        return new KnownPlugins(
                settings(providers, Provider::settings),
                settings(caches, Cache::settings),
                settings(strategies, BalancingStrategy::settings));
    }

    private static <T> Map<String, Set<SettingKey>> settings(Kinds<T> kinds, Function<T, Set<SettingKey>> settings) {
        return kinds.byName().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> settings.apply(entry.getValue().kind())));
    }

    /** Returns the names of the caches that work without being configured, in order. */
    public List<String> selfContainedCaches() {
        return caches.byName().entrySet().stream()
                .filter(entry -> entry.getValue().kind().isSelfContained())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Returns the environment variables that declare accounts, by provider, each with how to get what belongs in it. */
    public Map<String, String> environmentVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        new TreeMap<>(providers.byName())
                .values()
                .forEach(found -> variables.putAll(found.kind().environmentVariables()));
        return variables;
    }

    /**
     * Returns the accounts that the environment alone declares, provider by provider.
     *
     * @throws ConfigurationException if a variable can't be used, naming it and never its value
     */
    public List<AccountSettings> accountsFrom(Map<String, String> environment) {
        List<AccountSettings> accounts = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        new TreeMap<>(providers.byName()).values().forEach(found -> {
            try {
                accounts.addAll(found.kind().fromEnvironment(environment));
            } catch (IllegalArgumentException e) {
                problems.add("environment: " + e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return accounts;
    }
}
