package dev.whippletree.plugin;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.SeparateAccounts;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.engine.Topology;
import dev.whippletree.engine.Topology.OpenAccount;
import dev.whippletree.engine.Topology.OpenCache;
import dev.whippletree.engine.Topology.OpenCoordination;
import dev.whippletree.engine.Topology.OpenRoute;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what a configuration names, and closes it again. If anything can't be opened, everything that was is closed and all
 * problems are told at once. Confined until built; then immutable.
 */
final class OpenPlugins implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPlugins.class);

    private final KindsByName kinds;
    private final Services services;
    private final UnaryOperator<ProviderClient> wrapper;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final Topology topology;

    OpenPlugins(
            Configuration configuration, KindsByName kinds, Services services, UnaryOperator<ProviderClient> wrapper) {
        this.kinds = kinds;
        this.services = services;
        this.wrapper = wrapper;
        List<OpenAccount> accounts = configuration.accounts().stream()
                .flatMap(account -> attempt(() -> open(account)).stream())
                .toList();
        Map<String, OpenRoute> routes = new LinkedHashMap<>();
        configuration
                .routes()
                .forEach(route -> attempt(() -> open(route)).forEach(opened -> routes.put(route.name(), opened)));
        List<OpenCache> tiers = configuration.caches().stream()
                .flatMap(tier -> attempt(() -> open(tier)).stream())
                .toList();
        Optional<OpenCoordination> coordination = configuration.coordinator().stream()
                .flatMap(chosen -> attempt(() -> open(chosen)).stream())
                .findFirst();
        if (!problems.isEmpty()) {
            close();
            throw new ConfigurationException(problems);
        }
        this.topology = new Topology(
                accounts, routes, configuration.routes().get(0).name(), tiers, coordination, notes(configuration));
    }

    Topology topology() {
        return topology;
    }

    private <T> List<T> attempt(Supplier<T> opening) {
        try {
            return List.of(opening.get());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private OpenAccount open(AccountSettings account) {
        Provider provider = named(kinds.providers(), account.provider());
        ProviderClient client = guarded("account " + account.id(), provider, () -> provider.connect(account, services));
        open.push(client);
        return new OpenAccount(account, wrapper.apply(client));
    }

    private OpenRoute open(RouteSettings route) {
        BalancingStrategy strategy = named(kinds.strategies(), route.strategy());
        List<Picker> pickers = new ArrayList<>();
        for (int tier = 0; tier < route.tiers().size(); tier++) {
            pickers.add(guarded(
                    "route " + route.name(),
                    strategy,
                    () -> strategy.open(route.strategySettings(), services.random())));
        }
        return new OpenRoute(route, pickers);
    }

    private OpenCache open(Configuration.CacheTier tier) {
        Cache cache = named(kinds.caches(), tier.name());
        CacheStore store = guarded("cache " + tier.name(), cache, () -> cache.open(tier.settings(), services));
        open.push(store);
        return new OpenCache(tier.name(), cache.isShared(), store);
    }

    private OpenCoordination open(Configuration.ChosenCoordinator chosen) {
        Coordinator coordinator = named(kinds.coordinators(), chosen.name());
        Coordination coordination = guarded(
                "coordinator " + chosen.name(), coordinator, () -> coordinator.open(chosen.settings(), services));
        open.push(coordination);
        return new OpenCoordination(chosen.name(), coordination);
    }

    /** Makes of whatever a plugin throws one exception that says where. */
    private static <T> T guarded(String where, Object plugin, Supplier<T> opening) {
        try {
            return Objects.requireNonNull(
                    PluginLoader.within(plugin.getClass().getClassLoader(), opening), "it opened nothing");
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith(where) ? message : where + ": " + message, e);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalArgumentException(
                    where + ": the plugin failed: " + ServiceEntry.describe(plugin.getClass(), e), e);
        }
    }

    private static <T> T named(Map<String, T> plugins, String name) {
        T plugin = plugins.get(name);
        if (plugin == null) {
            throw new IllegalArgumentException("no plugin named '" + name + "'");
        }
        return plugin;
    }

    private static List<String> notes(Configuration configuration) {
        List<String> notes = new ArrayList<>(configuration.warnings());
        notes.addAll(SeparateAccounts.notes(configuration.accounts()));
        return notes;
    }

    /** Closes everything, the last opened first. What fails to close is logged. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception | LinkageError e) {
                LOG.warn("A plugin failed to close", e);
            }
        }
    }
}
