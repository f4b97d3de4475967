package dev.whippletree.plugin;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.pool.Topology.OpenCache;
import dev.whippletree.engine.pool.Topology.OpenCoordination;
import dev.whippletree.engine.pool.Topology.OpenRoute;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens plugins one after the other, and collects what can't be opened. In the end everything is used, or {@linkplain
 * #abandon abandoned}. Confined.
 */
final class PluginOpener {

    private static final Logger LOG = LoggerFactory.getLogger(PluginOpener.class);

    private static final Duration SLOW = Duration.ofSeconds(10);

    private final PluginCatalog catalog;
    private final Services services;
    private final BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();

    PluginOpener(
            PluginCatalog catalog,
            Services services,
            BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper) {
        this.catalog = catalog;
        this.services = services;
        this.wrapper = wrapper;
    }

    /**
     * Returns everything opened, the last first.
     *
     * @throws ConfigurationException if anything couldn't be opened, with every problem; call {@link #abandon} then
     */
    Deque<AutoCloseable> end() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return opened;
    }

    void abandon() {
        closeAll(opened, services);
    }

    /**
     * Closes several, in order. A failure is logged, and also that one takes long: those behind it are closed
     * meanwhile.
     */
    static void closeAll(Collection<? extends AutoCloseable> open, Services services) {
        Phaser closed = new Phaser(open.size() + 1);
        closeRest(new ConcurrentLinkedQueue<>(open), closed, services);
        closed.arriveAndAwaitAdvance();
    }

    private static void closeRest(Queue<AutoCloseable> open, Phaser closed, Services services) {
        for (AutoCloseable next = open.poll(); next != null; next = open.poll()) {
            AutoCloseable closing = next;
            Cancellable watch = services.schedule(SLOW, () -> {
                LOG.warn(
                        "A plugin takes longer than {} s to close, and closing waits for it: {}",
                        SLOW.toSeconds(),
                        ServiceEntry.locate(closing.getClass()));
                closeRest(open, closed, services);
            });
            close(closing);
            watch.cancel();
            closed.arrive();
        }
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (Throwable e) {
            LOG.warn("A plugin failed to close: {}", ServiceEntry.locate(open.getClass()), e);
        }
    }

    Optional<Connection> account(AccountSettings account) {
        return attempt(() -> {
            Provider provider = named(catalog.providers(), account.provider());
            return Connection.open(account, settings -> connect(provider, settings), wrapper);
        });
    }

    private ProviderClient connect(Provider provider, AccountSettings account) {
        ProviderClient client = guarded("account " + account.id(), provider, () -> provider.connect(account, services));
        opened.push(client);
        return client;
    }

    Optional<OpenRoute> route(RouteSettings route) {
        return attempt(() -> {
            BalancingStrategy strategy = named(catalog.strategies(), route.strategy());
            List<Picker> pickers = new ArrayList<>();
            for (int tier = 0; tier < route.tiers().size(); tier++) {
                pickers.add(guarded(
                        "route " + route.name(),
                        strategy,
                        () -> strategy.open(route.strategySettings(), services.random())));
            }
            return new OpenRoute(route, pickers);
        });
    }

    Optional<OpenCache> cache(Configuration.CacheTierSettings tier) {
        return attempt(() -> {
            Cache cache = named(catalog.caches(), tier.name());
            CacheStore store = guarded("cache " + tier.name(), cache, () -> cache.open(tier.settings(), services));
            opened.push(store);
            return new OpenCache(tier.name(), cache.isShared(), store);
        });
    }

    Optional<OpenCoordination> coordination(Configuration.ChosenCoordinator chosen) {
        return attempt(() -> {
            Coordinator coordinator = named(catalog.coordinators(), chosen.name());
            Coordination coordination = guarded(
                    "coordinator " + chosen.name(), coordinator, () -> coordinator.open(chosen.settings(), services));
            opened.push(coordination);
            return new OpenCoordination(chosen.name(), coordination);
        });
    }

    private <T> Optional<T> attempt(Supplier<T> opening) {
        try {
            return Optional.of(opening.get());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Turns whatever a plugin throws into one exception that says where. */
    private static <T> T guarded(String where, Object plugin, Supplier<T> opening) {
        try {
            return Objects.requireNonNull(
                    PluginLoader.within(plugin.getClass().getClassLoader(), opening), "it returned null when opened");
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith(where) ? message : where + ": " + message, e);
        } catch (RuntimeException | Error e) {
            LOG.debug("{}: the plugin failed", where, e);
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
}
