package dev.whippletree.plugin;

import dev.whippletree.config.KnownPlugins;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginLoader.SharedPackages;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins found: providers, caches, balancing strategies and coordinators, by {@link java.util.ServiceLoader} on
 * the class path and in plugin folders. Immutable. Close it once no plugin from a folder is in use.
 */
public final class PluginCatalog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PluginCatalog.class);

    private final PluginSearch<Provider> providers;
    private final PluginSearch<Cache> caches;
    private final PluginSearch<BalancingStrategy> strategies;
    private final PluginSearch<Coordinator> coordinators;
    private final List<PluginLoader> loaders;

    /**
     * Finds all plugins. Skips entries that can't be loaded; see {@link #broken()}. Keeps the first of two with the
     * same name; see {@link #duplicates()}.
     *
     * @param loader where to look for entries
     * @param given more plugins, which replace found ones of the same class
     * @param folders folders of plugins, each plugin with a class loader of its own
     * @throws ConfigurationException if a folder can't be read
     */
    public PluginCatalog(ClassLoader loader, GivenPlugins given, List<Path> folders) {
        PluginFolder folder = new PluginFolder(new SharedPackages(Provider.class.getClassLoader()));
        Set<Path> distinct = new LinkedHashSet<>();
        folders.forEach(path -> distinct.add(path.toAbsolutePath().normalize()));
        try {
            distinct.forEach(folder::read);
        } catch (ConfigurationException e) {
            close(folder.loaders());
            throw e;
        }
        this.loaders = List.copyOf(folder.loaders());
        this.providers = new PluginSearch<>(Provider.class, "provider", Provider::name, Provider::settings)
                .find(given.providers(), loader, folder);
        this.caches = new PluginSearch<>(Cache.class, "cache", Cache::name, Cache::settings)
                .find(given.caches(), loader, folder);
        this.strategies = new PluginSearch<>(
                        BalancingStrategy.class, "strategy", BalancingStrategy::name, BalancingStrategy::settings)
                .find(given.strategies(), loader, folder);
        this.coordinators = new PluginSearch<>(
                        Coordinator.class, "coordinator", Coordinator::name, Coordinator::settings)
                .find(given.coordinators(), loader, folder);
    }

    /** Returns a sentence for each name of two plugins of one kind; it names both. */
    public List<String> duplicates() {
        return ofAll(PluginSearch::duplicates);
    }

    /**
     * Returns this if no two plugins of one kind have the same name; otherwise closes it.
     *
     * @throws ConfigurationException if two plugins have the same name; names both
     */
    public PluginCatalog withoutDuplicates() {
        if (!duplicates().isEmpty()) {
            close();
            throw new ConfigurationException(duplicates());
        }
        return this;
    }

    /** Returns all plugins found, usable or not, kind by kind, in the order found. */
    public List<FoundPlugin> found() {
        return ofAll(PluginSearch::found);
    }

    /** Closes the class loaders of plugins from folders. */
    @Override
    public void close() {
        close(loaders);
    }

    private static void close(List<PluginLoader> loaders) {
        for (PluginLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException e) {
                LOG.warn("The jars of the plugin {} can't be closed", loader.getName(), e);
            }
        }
    }

    /** Plugins that a program passes itself. Immutable. */
    public record GivenPlugins(
            List<Provider> providers,
            List<Cache> caches,
            List<BalancingStrategy> strategies,
            List<Coordinator> coordinators) {

        /** No plugins. */
        public static final GivenPlugins NONE = new GivenPlugins(List.of(), List.of(), List.of(), List.of());

        /** Copies the lists. */
        public GivenPlugins {
            providers = List.copyOf(providers);
            caches = List.copyOf(caches);
            strategies = List.copyOf(strategies);
            coordinators = List.copyOf(coordinators);
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

    Map<String, Coordinator> coordinators() {
        return coordinators.byName();
    }

    /**
     * Returns the entries that couldn't be loaded, a line each with class and jar. They matter only if a configuration
     * names their plugin.
     */
    public List<String> broken() {
        return ofAll(PluginSearch::broken);
    }

    /** Returns a sentence for each plugin of which there are copies in several places; the first one is used. */
    public List<String> copies() {
        return ofAll(PluginSearch::copies);
    }

    /** Returns the plugins that a configuration may name, with their settings. */
    public KnownPlugins known() {
        return new KnownPlugins(providers.known(), caches.known(), strategies.known(), coordinators.known());
    }

    /** Returns the names of the caches that work without settings, in order. */
    public List<String> selfContainedCaches() {
        return cachesOfWhich(Cache::isSelfContained);
    }

    /** Returns the names of the caches whose content is lost when the process ends, in order. */
    public List<String> cachesOfTheProcess() {
        return cachesOfWhich(Cache::endsWithProcess);
    }

    /** Returns the names of the caches that several processes share, in order. */
    public List<String> sharedCaches() {
        return cachesOfWhich(Cache::isShared);
    }

    private <T> List<T> ofAll(Function<PluginSearch<?>, List<T>> what) {
        return Stream.of(providers, caches, strategies, coordinators)
                .flatMap(search -> what.apply(search).stream())
                .distinct()
                .toList();
    }

    private List<String> cachesOfWhich(Predicate<Cache> condition) {
        return caches().entrySet().stream()
                .filter(entry -> condition.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * Returns the environment variables that declare accounts, by provider, each with where to get its value.
     */
    public Map<String, String> environmentVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        new TreeMap<>(providers()).values().forEach(provider -> variables.putAll(provider.environmentVariables()));
        return variables;
    }

    /**
     * Returns the names of the environment variables that declare accounts of one provider; none if there is no such
     * provider.
     */
    public List<String> environmentVariables(String provider) {
        return Optional.ofNullable(providers().get(provider)).stream()
                .flatMap(known -> known.environmentVariables().keySet().stream())
                .sorted()
                .toList();
    }

    /**
     * Returns the accounts that the environment alone declares, provider by provider.
     *
     * @throws ConfigurationException if a variable can't be used; names the variable, never its value
     */
    public List<AccountSettings> accountsFrom(Map<String, String> environment) {
        List<AccountSettings> accounts = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        new TreeMap<>(providers()).forEach((name, provider) -> {
            try {
                accounts.addAll(PluginLoader.within(
                        provider.getClass().getClassLoader(), () -> provider.fromEnvironment(environment)));
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
