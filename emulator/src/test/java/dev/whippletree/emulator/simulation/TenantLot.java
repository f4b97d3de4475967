package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceCapacity;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Draws scenarios in which tenants crowd before accounts whose limits are known: greedy ones with many sessions, bursty
 * ones, and tiny ones that ask one by one; people and batch, of several weights, some of whom give up. Confined to one
 * thread, used once.
 */
final class TenantLot {

    private static final int MOST_TENANTS = 6;

    private final long seed;
    private final Dice lot;
    private final boolean tokens;
    private final boolean weighted;
    private final boolean impatient;
    private final boolean batches;
    private final List<Ask> asks = new ArrayList<>();

    /** How a tenant asks. */
    private enum Manner {
        GREEDY,
        BURSTY,
        TINY
    }

    private TenantLot(long seed) {
        this.seed = seed;
        this.lot = new Dice(seed * 2 + 7_000_001);
        this.tokens = chance(3);
        this.weighted = chance(3);
        this.impatient = chance(3);
        this.batches = !chance(3);
    }

    static Scenario draw(long seed) {
        return new TenantLot(seed).draw();
    }

    private Scenario draw() {
        List<SimulatedAccount> accounts = accounts();
        int tenants = 2 + lot.nextInt(MOST_TENANTS - 1);
        for (int number = 0; number < tenants; number++) {
            String tenant = "tenant-" + number;
            Manner manner = number == 0 ? Manner.GREEDY : Manner.values()[lot.nextInt(Manner.values().length)];
            ask(tenant, manner);
        }
        Duration latency = Duration.ofMillis(10 + lot.nextInt(2_000));
        Scenario.Service service = new Scenario.Service(
                chance(2) ? Latency.uniform(latency, 0.5) : Latency.lognormal(latency, 0.4),
                ServiceCapacity.UNLIMITED,
                new AnswerLength(20 + lot.nextInt(100), 0.3),
                new FaultScript(List.of()),
                Duration.ZERO);
        Dice ofItsOwn = new Dice(seed * 2 + 9_000_011);
        RouteSettings route = RouteSettings.builder(
                        "default",
                        List.of(new Tier(accounts.stream()
                                .map(account -> new TargetSettings(account.id(), SimulatedAccount.MODEL))
                                .toList())))
                .leave(batches && ofItsOwn.nextInt(3) == 0 ? ofItsOwn.nextDouble() * RouteSettings.MOST_LEAVE : 0)
                .build();
        EngineSettings engine = EngineSettings.DEFAULT.withBatchShare(chance(3) ? lot.nextInt(51) / 100.0 : 0.05);
        return new Scenario(
                seed,
                accounts,
                Map.of(ServiceKind.HUGGING_FACE, service),
                new Link(Duration.ofMillis(1), Duration.ofMillis(5 + lot.nextInt(100)), 0),
                route,
                engine,
                false,
                asks,
                Optional.empty(),
                weighted ? reloads(accounts, route, tenants) : List.of());
    }

    private List<SimulatedAccount> accounts() {
        List<SimulatedAccount> accounts = new ArrayList<>();
        int count = 1 + lot.nextInt(3);
        for (int number = 0; number < count; number++) {
            List<ServiceLimit> limits = new ArrayList<>();
            limits.add(new ServiceLimit(
                    Limit.requests(2 + lot.nextInt(30), Duration.ofSeconds(2 + lot.nextInt(20))),
                    Counting.SLIDING,
                    false));
            if (tokens) {
                limits.add(new ServiceLimit(
                        Limit.tokens(3_000 + lot.nextInt(8_000), Duration.ofSeconds(5 + lot.nextInt(30))),
                        Counting.SLIDING,
                        false));
            }
            accounts.add(SimulatedAccount.of(
                            "account-" + number, ServiceKind.HUGGING_FACE, limits.toArray(ServiceLimit[]::new))
                    .withMaxConcurrency(1 + lot.nextInt(20)));
        }
        return accounts;
    }

    /** The weights are there before anybody asks, and become others later. */
    private List<Reload> reloads(List<SimulatedAccount> accounts, RouteSettings route, int tenants) {
        List<Reload> reloads = new ArrayList<>();
        Duration at = Duration.ZERO;
        for (int number = lot.nextInt(3); number >= 0; number--) {
            Map<String, Integer> weights = new HashMap<>();
            for (int tenant = 0; tenant < tenants; tenant++) {
                weights.put("tenant-" + tenant, 1 + lot.nextInt(3));
            }
            reloads.add(new Reload(at, accounts, Set.of(), route, new TenantWeights(weights)));
            at = at.plusMillis(1_000 + lot.nextInt(30_000));
        }
        return reloads;
    }

    private void ask(String tenant, Manner manner) {
        boolean both = batches && chance(2);
        switch (manner) {
            case GREEDY -> {
                int sessions = 1 + lot.nextInt(30);
                for (int number = 30 + lot.nextInt(60); number > 0; number--) {
                    ask(tenant, "session-" + lot.nextInt(sessions), 1 + lot.nextInt(200), both);
                }
            }
            case BURSTY -> {
                for (int burst = 1 + lot.nextInt(5); burst > 0; burst--) {
                    int at = 1 + lot.nextInt(40_000);
                    for (int number = 1 + lot.nextInt(10); number > 0; number--) {
                        ask(tenant, "session-" + burst, at, both);
                    }
                }
            }
            case TINY -> {
                for (int number = 1 + lot.nextInt(10); number > 0; number--) {
                    ask(tenant, "session", 1 + lot.nextInt(60_000), false);
                }
            }
        }
    }

    private void ask(String tenant, String session, int atMillis, boolean batchToo) {
        int id = asks.size();
        boolean big = tokens && chance(6);
        Prompt.Builder prompt = Prompt.builder()
                .user("question " + id + (big ? " in detail".repeat(300) : ""))
                .maxTokens(big ? 900 : 100 + lot.nextInt(200))
                .tenant(tenant)
                .session(session)
                .priority(batchToo && !chance(3) ? Priority.BATCH : Priority.INTERACTIVE);
        if (impatient && chance(5)) {
            prompt.deadline(Duration.ofMillis(1_000 + lot.nextInt(60_000)));
        }
        Optional<Duration> patience = impatient && chance(5)
                ? Optional.of(Duration.ofMillis(lot.nextInt(20_000)).plusNanos(1))
                : Optional.empty();
        asks.add(new Ask(id, OptionalInt.empty(), Duration.ofMillis(atMillis), prompt.build(), patience, false));
    }

    private boolean chance(int of) {
        return lot.nextInt(of) == 0;
    }
}
