package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Builds a simulated pool. Confined to one thread; may be used again after {@link #build()}. */
public final class SimulatedPoolBuilder {

    private final long seed;
    private final List<SimulatedAccount> accounts = new ArrayList<>();
    private final List<RouteSettings> routes = new ArrayList<>();
    private final Map<ServiceKind, UnaryOperator<ServiceSettingsBuilder>> services = new EnumMap<>(ServiceKind.class);
    private final Map<String, Link> linksByAccount = new LinkedHashMap<>();
    private final Map<String, BalancingStrategy> strategies = new LinkedHashMap<>();
    private final List<EngineListener> listeners = new ArrayList<>();
    private BiFunction<AccountSettings, ProviderClient, ProviderClient> clients = (account, client) -> client;
    private Link link = Link.DIRECT;
    private EngineSettings engine = EngineSettings.DEFAULT;
    private Optional<Function<VirtualTimeline, CacheStore>> cache = Optional.empty();

    SimulatedPoolBuilder(long seed) {
        this.seed = seed;
        strategy(new RoundRobin());
    }

    public SimulatedPoolBuilder account(SimulatedAccount account) {
        accounts.add(account);
        return this;
    }

    public SimulatedPoolBuilder accounts(List<SimulatedAccount> accounts) {
        this.accounts.addAll(accounts);
        return this;
    }

    /**
     * Sets what a service is like beyond its accounts: its latency, its faults, its context.
     *
     * @param kind which service
     * @param settings changes its settings, whose accounts and seed are already there
     */
    public SimulatedPoolBuilder service(ServiceKind kind, UnaryOperator<ServiceSettingsBuilder> settings) {
        services.put(kind, settings);
        return this;
    }

    /**
     * Adds a route; the first is the default. Without any there is one, {@code default}, of all accounts by their
     * tiers.
     */
    public SimulatedPoolBuilder route(RouteSettings route) {
        routes.add(route);
        return this;
    }

    /** Adds a strategy that routes may name, beside {@code round-robin}. */
    public SimulatedPoolBuilder strategy(BalancingStrategy strategy) {
        strategies.put(strategy.name(), strategy);
        return this;
    }

    /** Sets the way between accounts and their services, for accounts that have none of their own. */
    public SimulatedPoolBuilder link(Link link) {
        this.link = link;
        return this;
    }

    public SimulatedPoolBuilder link(String account, Link link) {
        linksByAccount.put(account, link);
        return this;
    }

    /** Sets what each account's client is wrapped in, for instance to watch its calls. */
    public SimulatedPoolBuilder clients(BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper) {
        this.clients = wrapper;
        return this;
    }

    public SimulatedPoolBuilder cached() {
        return cached(timeline -> new MemoryStore());
    }

    /** Adds a cache that goes by the pool's time. */
    public SimulatedPoolBuilder cached(Function<VirtualTimeline, CacheStore> store) {
        this.cache = Optional.of(store);
        return this;
    }

    public SimulatedPoolBuilder engine(EngineSettings engine) {
        this.engine = engine;
        return this;
    }

    public SimulatedPoolBuilder listener(EngineListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Returns the pool, at the start of its time.
     *
     * @throws IllegalArgumentException if there is no account, ids aren't unique, or a route names what isn't there
     */
    public SimulatedPool build() {
        if (accounts.isEmpty()) {
            throw new IllegalArgumentException("a simulated pool has at least one account");
        }
        VirtualTimeline timeline = new VirtualTimeline(seed);
        Map<ServiceKind, EmulatedService> models = new LinkedHashMap<>();
        List<Topology.OpenAccount> open = accounts.stream()
                .map(account -> open(account, models, timeline))
                .toList();
        return new SimulatedPool(timeline, models, new Engine(timeline, topology(open, timeline), engine, listeners));
    }

    private Topology.OpenAccount open(
            SimulatedAccount account, Map<ServiceKind, EmulatedService> models, VirtualTimeline timeline) {
        EmulatedService model = models.computeIfAbsent(account.service(), kind -> serviceOf(kind, timeline));
        AccountSettings settings = ServiceAccounts.settings(account);
        ProviderClient client =
                new SimulatedClient(settings, model, timeline, linksByAccount.getOrDefault(account.id(), link));
        return new Topology.OpenAccount(settings, clients.apply(settings, client));
    }

    private EmulatedService serviceOf(ServiceKind kind, VirtualTimeline timeline) {
        ServiceSettingsBuilder settings = ServiceAccounts.of(kind, accounts).seed(seed);
        return new EmulatedService(
                services.getOrDefault(kind, UnaryOperator.identity())
                        .apply(settings)
                        .build(),
                timeline.nanoTime());
    }

    private Topology topology(List<Topology.OpenAccount> open, VirtualTimeline timeline) {
        List<RouteSettings> given = routes.isEmpty() ? List.of(defaultRoute()) : routes;
        Map<String, Topology.OpenRoute> byName = new LinkedHashMap<>();
        given.forEach(route -> byName.put(route.name(), new Topology.OpenRoute(route, pickers(route, timeline))));
        List<Topology.OpenCache> caches =
                cache.map(store -> new Topology.OpenCache("memory", store.apply(timeline))).stream()
                        .toList();
        return new Topology(open, byName, given.get(0).name(), caches, List.of());
    }

    private RouteSettings defaultRoute() {
        Map<Integer, List<RouteSettings.TargetSettings>> tiers = new TreeMap<>();
        for (SimulatedAccount account : accounts) {
            List<RouteSettings.TargetSettings> tier =
                    tiers.computeIfAbsent(account.tier(), number -> new ArrayList<>());
            account.models().forEach(model -> tier.add(new RouteSettings.TargetSettings(account.id(), model)));
        }
        return RouteSettings.of(
                "default", tiers.values().stream().map(RouteSettings.Tier::new).toList());
    }

    private List<Picker> pickers(RouteSettings route, VirtualTimeline timeline) {
        BalancingStrategy strategy = strategies.get(route.strategy());
        if (strategy == null) {
            throw new IllegalArgumentException("route " + route.name() + ": there is no strategy '" + route.strategy()
                    + "', only " + strategies.keySet());
        }
        return IntStream.range(0, route.tiers().size())
                .mapToObj(tier -> strategy.open(route.strategySettings(), timeline.random()))
                .toList();
    }
}
