package dev.whippletree.plugin;

import dev.whippletree.config.KnownPlugins;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The plugins that are there: providers, caches and balancing strategies, found by {@link java.util.ServiceLoader}. Immutable. */
public final class PluginCatalog {

    private final PluginSearch<Provider> providers;
    private final PluginSearch<Cache> caches;
    private final PluginSearch<BalancingStrategy> strategies;

    /**
     * Finds what there is. An entry that can't be loaded is left out; see {@link #broken()}.
     *
     * @param loader where to look for entries
     * @param given plugins beside those that the loader finds; one takes the place of a found one of the same class
     * @throws ConfigurationException if two plugins of one sort have the same name, naming both
     */
    public PluginCatalog(ClassLoader loader, GivenPlugins given) {
        this.providers = new PluginSearch<>(Provider.class, "provider", Provider::name, Provider::settings)
                .add(given.providers())
                .addFrom(loader);
        this.caches = new PluginSearch<>(Cache.class, "cache", Cache::name, Cache::settings)
                .add(given.caches())
                .addFrom(loader);
        this.strategies = new PluginSearch<>(
                        BalancingStrategy.class, "strategy", BalancingStrategy::name, BalancingStrategy::settings)
                .add(given.strategies())
                .addFrom(loader);
        List<String> duplicates = Stream.of(providers, caches, strategies)
                .flatMap(search -> search.duplicates().stream())
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

    Map<String, Provider> providers() {
        return providers.byName();
    }

    Map<String, Cache> caches() {
        return caches.byName();
    }

    Map<String, BalancingStrategy> strategies() {
        return strategies.byName();
    }

    /**
     * Returns the entries that couldn't be loaded, a line each with class and jar: harmless, unless a configuration names what
     * one of them would have brought.
     */
    public List<String> broken() {
        return Stream.of(providers, caches, strategies)
                .flatMap(search -> search.broken().stream())
                .toList();
    }

    /** Returns the names and settings that a configuration may use. */
    public KnownPlugins known() {
        return new KnownPlugins(providers.known(), caches.known(), strategies.known());
    }

    /** Returns the names of the caches that work without being configured, in order. */
    public List<String> selfContainedCaches() {
        return caches().entrySet().stream()
                .filter(entry -> entry.getValue().isSelfContained())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Returns the environment variables that declare accounts, by provider, each with how to get what belongs in it. */
    public Map<String, String> environmentVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        new TreeMap<>(providers()).values().forEach(provider -> variables.putAll(provider.environmentVariables()));
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
        new TreeMap<>(providers()).forEach((name, provider) -> {
            try {
                accounts.addAll(provider.fromEnvironment(environment));
            } catch (IllegalArgumentException e) {
                problems.add("environment: " + e.getMessage());
            } catch (RuntimeException | LinkageError e) {
                problems.add(
                        "environment: provider " + name + " failed: " + ServiceEntry.describe(provider.getClass(), e));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return accounts;
    }
}
