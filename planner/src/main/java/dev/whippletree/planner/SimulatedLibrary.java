package dev.whippletree.planner;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Opens the production library over the accounts of a pool, in virtual time. Stateless. */
final class SimulatedLibrary {

    private SimulatedLibrary() {}

    /** Returns the library; nothing in it holds a thread or a connection, so it needs no closing. */
    static Whippletree open(AccountPool pool, VirtualTimeline timeline, PlannedProvider provider) {
        List<PlannedAccount> plannedAccounts = PlannedAccount.of(pool);
        CacheTierSettings cache = new CacheTierSettings(PlannedCache.NAME, Settings.none("cache"));
        return Whippletree.builder()
                .timeline(timeline)
                .provider(provider)
                .cache(new PlannedCache())
                .configuration(new Configuration(
                        plannedAccounts.stream()
                                .map(planned -> planned.settings(PlannedProvider.NAME))
                                .toList(),
                        List.of(route(pool.route(), plannedAccounts)),
                        pool.cached() ? List.of(cache) : List.of(),
                        pool.engine(),
                        List.of()))
                .build();
    }

    private static RouteSettings route(RouteSettings route, List<PlannedAccount> plannedAccounts) {
        Map<Integer, List<TargetSettings>> tiers = new TreeMap<>();
        plannedAccounts.forEach(planned -> planned.member()
                .places()
                .forEach(place -> tiers.computeIfAbsent(place.tier(), tier -> new ArrayList<>())
                        .add(new TargetSettings(planned.id(), place.model()))));
        return route.withTiers(tiers.values().stream().map(Tier::new).toList());
    }
}
