package dev.whippletree.plugin;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.SeparateAccounts;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.pool.Topology.OpenCache;
import dev.whippletree.engine.pool.Topology.OpenCoordination;
import dev.whippletree.engine.pool.Topology.OpenRoute;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Opens what a configuration names, switches to another configuration, and closes everything. If anything can't be
 * opened, everything opened for that configuration is closed, and all problems are reported together. Thread-safe.
 */
final class OpenPlugins implements AutoCloseable {

    private final PluginCatalog catalog;
    private final Services services;
    private final BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper;

    /** What has to be closed, the last opened first. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private final List<Connection> leaving = new ArrayList<>();
    private Map<String, Connection> connections = Map.of();
    private Topology topology;

    OpenPlugins(
            Configuration configuration,
            PluginCatalog catalog,
            Services services,
            BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper) {
        this.catalog = catalog;
        this.services = services;
        this.wrapper = wrapper;
        PreparedChange first = prepare(configuration, Optional.empty());
        open.addAll(first.opened());
        this.connections = first.connections();
        this.topology = first.topology();
    }

    synchronized Topology topology() {
        return topology;
    }

    /**
     * What was opened for another configuration, and the topology that it leads to. Nothing uses it before {@link
     * #take}. Immutable.
     *
     * @param opened what was opened, the last first
     * @param connections its accounts' clients by id, new and kept ones
     */
    record PreparedChange(Deque<AutoCloseable> opened, Map<String, Connection> connections, Topology topology) {}

    /** Closes what was opened for a change that isn't taken. */
    void discard(PreparedChange change) {
        PluginOpener.closeAll(change.opened(), services);
    }

    /**
     * Opens what is new in another configuration; its caches and coordinator don't change. Nothing is switched yet:
     * {@linkplain #take take} or {@linkplain #discard discard} the change before preparing the next one.
     *
     * @throws ConfigurationException if anything can't be opened, with every problem; nothing stays open then
     */
    synchronized PreparedChange prepare(Configuration next) {
        return prepare(next, Optional.of(topology));
    }

    private PreparedChange prepare(Configuration next, Optional<Topology> before) {
        PluginOpener opening = new PluginOpener(catalog, services, wrapper);
        try {
            Map<String, Connection> present = new LinkedHashMap<>();
            next.accounts().forEach(account -> connect(account, opening, present));
            Map<String, OpenRoute> routes =
                    routes(next, opening, before.map(Topology::routes).orElse(Map.of()));
            List<OpenCache> caches = before.map(Topology::caches)
                    .orElseGet(() -> next.caches().stream()
                            .flatMap(tier -> opening.cache(tier).stream())
                            .toList());
            Optional<OpenCoordination> coordination = before.isPresent()
                    ? before.get().coordination()
                    : next.coordinator().flatMap(opening::coordination);
            Deque<AutoCloseable> opened = opening.end();
            Topology after = new Topology(
                    present.values().stream().map(Connection::account).toList(),
                    routes,
                    next.routes().get(0).name(),
                    caches,
                    coordination,
                    notes(next),
                    next.weights());
            return new PreparedChange(opened, present, after);
        } catch (RuntimeException | Error e) {
            opening.abandon();
            throw e;
        }
    }

    /** Switches to a change. What it no longer names stays open until {@link #close(ProviderClient)}. */
    synchronized void take(PreparedChange change) {
        change.opened().descendingIterator().forEachRemaining(open::push);
        connections.values().stream()
                .filter(connection -> !isAmong(change.connections(), connection.client()))
                .forEach(leaving::add);
        change.connections().values().forEach(Connection::takeToken);
        connections = change.connections();
        topology = change.topology();
    }

    private void connect(AccountSettings account, PluginOpener opening, Map<String, Connection> into) {
        Connection there = connections.get(account.id());
        Optional<Connection> connection =
                there != null && there.serves(account) ? Optional.of(there.with(account)) : opening.account(account);
        connection.ifPresent(opened -> into.put(account.id(), opened));
    }

    /** An unchanged route keeps its pickers and what they have learned. */
    private static Map<String, OpenRoute> routes(
            Configuration configuration, PluginOpener opening, Map<String, OpenRoute> present) {
        Map<String, OpenRoute> routes = new LinkedHashMap<>();
        for (RouteSettings route : configuration.routes()) {
            OpenRoute there = present.get(route.name());
            Optional<OpenRoute> opened =
                    there != null && there.settings().equals(route) ? Optional.of(there) : opening.route(route);
            opened.ifPresent(added -> routes.put(route.name(), added));
        }
        return routes;
    }

    private static boolean isAmong(Map<String, Connection> connections, ProviderClient client) {
        return connections.values().stream().anyMatch(connection -> connection.client() == client);
    }

    private static List<String> notes(Configuration configuration) {
        List<String> notes = new ArrayList<>(configuration.warnings());
        notes.addAll(SeparateAccounts.notes(configuration.accounts()));
        return notes;
    }

    /** Closes the client of a removed account, by the client that calls were made on. */
    void close(ProviderClient wrapped) {
        Optional<Connection> unused = takeLeaving(wrapped);
        unused.ifPresent(connection -> PluginOpener.closeAll(List.of(connection.client()), services));
    }

    private synchronized Optional<Connection> takeLeaving(ProviderClient wrapped) {
        Optional<Connection> found = leaving.stream()
                .filter(connection -> connection.wrapped() == wrapped)
                .findFirst();
        found.ifPresent(connection -> {
            leaving.remove(connection);
            open.removeIf(closeable -> closeable == connection.client());
        });
        return found;
    }

    /** Closes everything, the last opened first. Logs failures. */
    @Override
    public void close() {
        PluginOpener.closeAll(takeAll(), services);
    }

    private synchronized List<AutoCloseable> takeAll() {
        List<AutoCloseable> all = List.copyOf(open);
        open.clear();
        leaving.clear();
        return all;
    }
}
