package dev.whippletree.planner;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The production library, once for each process, over the same services. Each interview stays with one process. Confined to its
 * simulation; nothing in it holds a thread or a connection, so it needs no closing.
 */
final class Processes {

    private final List<Whippletree> engines = new ArrayList<>();
    private final Map<String, Whippletree> bySession = new HashMap<>();
    private int sessions;

    Processes(Variant variant, VirtualTimeline timeline, PlannedProvider provider) {
        for (int index = 0; index < variant.processes(); index++) {
            List<AccountSettings> accounts = accounts(variant.pool(), new Share(index, variant.processes()));
            if (!accounts.isEmpty()) {
                engines.add(Whippletree.builder()
                        .timeline(timeline)
                        .provider(provider)
                        .cache(new PlannedCache(timeline))
                        .configuration(configuration(variant.pool(), accounts))
                        .build());
            }
        }
    }

    /** Answers a prompt by the process of its session. */
    CompletableFuture<Completion> complete(Prompt prompt) {
        return bySession
                .computeIfAbsent(prompt.session().orElse(""), session -> engines.get(sessions++ % engines.size()))
                .complete(prompt);
    }

    private static List<AccountSettings> accounts(AccountPool pool, Share share) {
        return Seat.of(pool).stream()
                .flatMap(seat -> share.of(seat.group().limits()).stream()
                        .map(limits -> seat.settings(PlannedProvider.NAME, limits)))
                .toList();
    }

    private static Configuration configuration(AccountPool pool, List<AccountSettings> accounts) {
        return new Configuration(
                accounts,
                List.of(route(pool, accounts)),
                List.of(new Configuration.CacheTier(PlannedCache.NAME, Settings.none("cache"))),
                pool.engine(),
                List.of());
    }

    private static RouteSettings route(AccountPool pool, List<AccountSettings> accounts) {
        List<String> used = accounts.stream().map(AccountSettings::id).toList();
        Map<Integer, List<TargetSettings>> tiers = new TreeMap<>();
        Seat.of(pool).stream()
                .filter(seat -> used.contains(seat.id()))
                .forEach(seat -> seat.member()
                        .places()
                        .forEach(place -> tiers.computeIfAbsent(place.tier(), tier -> new ArrayList<>())
                                .add(new TargetSettings(seat.id(), place.model()))));
        return pool.route().withTiers(tiers.values().stream().map(Tier::new).toList());
    }
}
