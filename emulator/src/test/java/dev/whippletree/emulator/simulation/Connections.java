package dev.whippletree.emulator.simulation;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The clients of a run's accounts: those that are there from the start, and those that reloads open and take away. An
 * account that is connected anew has a connection of another name. Confined to one run.
 */
final class Connections {

    private final Facts facts;
    private final Supplier<Watch> watch;
    private final Map<String, WatchedClient> present = new LinkedHashMap<>();
    private final Map<String, Settings> settings = new HashMap<>();
    private final Set<WatchedClient> leaving = new HashSet<>();
    private final List<ProviderClient> all = new ArrayList<>();
    private int opened;

    Connections(Facts facts, Supplier<Watch> watch) {
        this.facts = facts;
        this.watch = watch;
    }

    /** Returns every client there has been. */
    List<ProviderClient> all() {
        return all;
    }

    /** Watches a client that has been opened. */
    ProviderClient open(SimulatedAccount account, ProviderClient client) {
        opened++;
        WatchedClient watched = new WatchedClient(account, account.id() + "~" + opened, client, watch);
        all.add(client);
        present.put(account.id(), watched);
        facts.connected(account, watched.connection());
        return watched;
    }

    /** Lets a pool's engine go on with what a reload says. */
    void reload(Reload reload, Scenario scenario, SimulatedPool pool) {
        List<WatchedClient> before = List.copyOf(present.values());
        Set<String> ids = new HashSet<>();
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        for (SimulatedAccount account : reload.accounts()) {
            ids.add(account.id());
            accounts.add(account(account, reload, scenario, pool));
        }
        present.keySet().retainAll(ids);
        facts.reloaded(reload);
        before.stream().filter(client -> !present.containsValue(client)).forEach(leaving::add);
        Topology.OpenRoute route = new Topology.OpenRoute(reload.route(), pickers(reload.route(), pool));
        Topology next = new Topology(
                accounts,
                Map.of(reload.route().name(), route),
                reload.route().name(),
                List.of(),
                Optional.empty(),
                List.of(),
                reload.weights());
        pool.engine().reload(next, this::close);
    }

    private Topology.OpenAccount account(
            SimulatedAccount account, Reload reload, Scenario scenario, SimulatedPool pool) {
        boolean anew = reload.reconnected().contains(account.id());
        if (anew) {
            settings.put(account.id(), new Settings("account " + account.id(), Map.of("connection", "" + opened)));
        }
        AccountSettings said = with(
                ServiceAccounts.settings(account),
                settings.getOrDefault(account.id(), Settings.none("account " + account.id())));
        WatchedClient there = present.get(account.id());
        if (there != null && !anew) {
            facts.connected(account, there.connection());
            return new Topology.OpenAccount(said, there);
        }
        ProviderClient client =
                new SimulatedClient(said, pool.service(account.service()), pool.timeline(), scenario.link());
        return new Topology.OpenAccount(said, open(account, client));
    }

    private static AccountSettings with(AccountSettings account, Settings settings) {
        return account.toBuilder().settings(settings.values()).build();
    }

    private static List<Picker> pickers(RouteSettings route, SimulatedPool pool) {
        BalancingStrategy strategy = Strategies.ALL.stream()
                .filter(known -> known.name().equals(route.strategy()))
                .findFirst()
                .orElseThrow();
        return IntStream.range(0, route.tiers().size())
                .mapToObj(tier ->
                        strategy.open(route.strategySettings(), pool.timeline().random()))
                .toList();
    }

    private void close(ProviderClient client) {
        WatchedClient unused = (WatchedClient) client;
        facts.check(
                leaving.remove(unused) && facts.underWayOn(unused.connection()) == 0,
                "leases are conserved",
                () -> unused.connection() + " is closed with " + facts.underWayOn(unused.connection())
                        + " calls under way, or twice, or while it is used");
        unused.close();
    }

    /** Whatever was taken away must have been closed in the end. */
    void end() {
        facts.check(
                leaving.isEmpty(),
                "leases are conserved",
                () -> leaving.stream().map(WatchedClient::connection).toList() + " were never closed");
    }
}
