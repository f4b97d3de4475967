package dev.whippletree.plugin;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.engine.Topology;
import dev.whippletree.engine.Topology.OpenAccount;
import dev.whippletree.engine.Topology.OpenCache;
import dev.whippletree.engine.Topology.OpenRoute;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.Services;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what a configuration names, and closes it again. If anything can't be opened, everything that was is closed and all
 * problems are told at once. Confined until built; then immutable.
 */
final class OpenPlugins implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPlugins.class);

    private final Map<String, Provider> providers;
    private final Map<String, Cache> caches;
    private final Map<String, BalancingStrategy> strategies;
    private final Services services;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final Topology topology;

    OpenPlugins(
            Configuration configuration,
            Map<String, Provider> providers,
            Map<String, Cache> caches,
            Map<String, BalancingStrategy> strategies,
            Services services) {
        this.providers = providers;
        this.caches = caches;
        this.strategies = strategies;
        this.services = services;
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
        if (!problems.isEmpty()) {
            close();
            throw new ConfigurationException(problems);
        }
        this.topology =
                new Topology(accounts, routes, configuration.routes().get(0).name(), tiers, notes(configuration));
    }

    Topology topology() {
        return topology;
    }

    private <T> List<T> attempt(Supplier<T> opening) {
        try {
            return List.of(opening.get());
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return List.of();
    }

    private OpenAccount open(AccountSettings account) {
        OpenAccount opened = new OpenAccount(
                account,
                named(providers, account.provider(), "account " + account.id() + ": provider")
                        .connect(account, services));
        open.push(opened.client());
        return opened;
    }

    private OpenRoute open(RouteSettings route) {
        BalancingStrategy strategy = named(strategies, route.strategy(), "route " + route.name() + ": strategy");
        List<Picker> pickers = new ArrayList<>();
        for (int tier = 0; tier < route.tiers().size(); tier++) {
            pickers.add(strategy.open(route.strategySettings(), services.random()));
        }
        return new OpenRoute(route, pickers);
    }

    private OpenCache open(Configuration.CacheTier tier) {
        OpenCache opened =
                new OpenCache(tier.name(), named(caches, tier.name(), "cache").open(tier.settings(), services));
        open.push(opened.store());
        return opened;
    }

    private static <T> T named(Map<String, T> kinds, String name, String where) {
        T kind = kinds.get(name);
        if (kind == null) {
            throw new IllegalArgumentException(where + " '" + name + "' isn't there");
        }
        return kind;
    }

    /** Several accounts of one provider may well share a quota without anybody having said so. */
    private static List<String> notes(Configuration configuration) {
        Map<String, List<AccountSettings>> byProvider = configuration.accounts().stream()
                .collect(Collectors.groupingBy(AccountSettings::provider, LinkedHashMap::new, Collectors.toList()));
        List<String> notes = new ArrayList<>(configuration.warnings());
        byProvider.forEach((provider, accounts) -> {
            long organizations = accounts.stream()
                    .map(account -> account.organization().orElse("account " + account.id()))
                    .distinct()
                    .count();
            if (organizations > 1) {
                notes.add("The " + accounts.size() + " " + provider + " accounts are counted as " + organizations
                        + " separate organizations because they are configured so. Keys of one organization or of one"
                        + " user account usually share a quota: give such accounts the same 'organization'. Use only"
                        + " accounts you are entitled to use.");
            }
        });
        return notes;
    }

    /** Closes everything, the last opened first. What fails to close is logged. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("A plugin failed to close", e);
            }
        }
    }
}
