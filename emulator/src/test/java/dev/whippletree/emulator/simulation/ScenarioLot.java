package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Dice;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceCapacity;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Draws scenarios. Confined to one thread, used once. */
final class ScenarioLot {

    private static final FaultKind[] FAILURES = {
        FaultKind.UNAVAILABLE,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_GATEWAY,
        FaultKind.RESET,
        FaultKind.CUT,
        FaultKind.MALFORMED,
        FaultKind.HANG,
        FaultKind.STALL,
        FaultKind.SLOW,
        FaultKind.WITHOUT_DONE,
        FaultKind.RATE_LIMITED,
        FaultKind.RATE_LIMITED_SILENTLY,
        FaultKind.NO_CREDIT,
        FaultKind.UNAUTHORIZED,
        FaultKind.FORBIDDEN,
        FaultKind.BAD_REQUEST,
        FaultKind.TOO_LONG,
        FaultKind.FILTERED,
        FaultKind.MORE_LEFT,
        FaultKind.LESS_LEFT,
        FaultKind.PAST_RESET,
        FaultKind.LATE_RESET
    };
    private static final FaultKind[] CALLERS_OWN = {FaultKind.BAD_REQUEST, FaultKind.FILTERED, FaultKind.TOO_LONG};
    private static final FaultKind[] OUTAGES = {
        FaultKind.UNAVAILABLE,
        FaultKind.SERVER_ERROR,
        FaultKind.RESET,
        FaultKind.HANG,
        FaultKind.STALL,
        FaultKind.RATE_LIMITED,
        FaultKind.RATE_LIMITED_SILENTLY
    };
    private static final String[] MODELS = {"large", "small"};

    private final long seed;
    private final boolean rough;
    private final boolean stalling;
    private final Dice lot;

    /** Whether all go in single file, large and small, through one account, where it can be told who delays whom. */
    private final boolean singleFile;

    /**
     * Whether several sessions crowd where nothing else happens, so that it can be told who gets more than a fair
     * share.
     */
    private final boolean crowd;

    private ScenarioLot(long seed, boolean rough, boolean stalling) {
        this.seed = seed;
        this.rough = rough;
        this.stalling = stalling;
        this.lot = new Dice(seed * 2 + (rough ? 1 : 0));
        this.singleFile = !rough && chance(8);
        this.crowd = !rough && !singleFile && chance(5);
    }

    /** Draws a scenario in which nothing goes wrong but callers' own mistakes: limits, and many who ask. */
    static Scenario calm(long seed) {
        return new ScenarioLot(seed, false, false).draw();
    }

    /** Draws a scenario in which calls fail, services lie, responses get lost and callers give up. */
    static Scenario rough(long seed) {
        return new ScenarioLot(seed, true, false).draw();
    }

    /**
     * Draws a scenario of the same kind in which all services also fail for minutes, and every other prompt ends when
     * its route is stalled.
     */
    static Scenario stalling(long seed) {
        return new ScenarioLot(seed, true, true).draw();
    }

    private Scenario draw() {
        List<SimulatedAccount> accounts = accounts();
        Map<ServiceKind, Scenario.Service> services = new EnumMap<>(ServiceKind.class);
        for (SimulatedAccount account : accounts) {
            services.computeIfAbsent(account.service(), kind -> service(accounts));
        }
        Duration transit = accounts.get(0).transit().orElse(Duration.ofMillis(5 + lot.nextInt(200)));
        Link link = new Link(
                Duration.ofMillis(lot.nextInt(5)),
                transit,
                rough && chance(2) ? 0.02 : 0,
                rough && chance(4) ? 0.01 : 0,
                rough ? stale(new Dice(seed + 9_000_011)) : 0);
        Optional<Scenario.Closing> closing = !crowd && chance(12)
                ? Optional.of(new Scenario.Closing(
                        Duration.ofMillis(lot.nextInt(20_000)), Duration.ofMillis(lot.nextInt(20_000))))
                : Optional.empty();
        Scenario drawn = new Scenario(
                seed,
                accounts,
                services,
                link,
                route(accounts),
                new EngineSettings(!crowd && chance(10) ? lot.nextInt(20) : 10_000, 64, Duration.ofSeconds(1)),
                chance(2),
                new AskLot(lot, rough, stalling, singleFile, crowd, accounts).draw(),
                closing,
                List.of());
        return chance(3) && !stalling ? drawn.withReloads(new ReloadLot(lot, drawn).draw()) : drawn;
    }

    private List<SimulatedAccount> accounts() {
        int count = singleFile ? 1 : 1 + lot.nextInt(4);
        boolean declared = singleFile || crowd || lot.nextInt(3) > 0;
        boolean tiers = count > 1 && !crowd && chance(3);
        boolean shared = chance(4);
        List<String> models = !singleFile && chance(5) ? List.of(MODELS) : List.of(MODELS[0]);
        Optional<Duration> transit =
                chance(3) ? Optional.of(Duration.ofMillis(5 + lot.nextInt(200))) : Optional.empty();
        ServiceKind kind = declared ? ServiceKind.HUGGING_FACE : pick(ServiceKind.OPENAI, ServiceKind.GROQ);
        boolean unknown = !declared && chance(4);
        List<ServiceLimit> limits = limits(unknown ? ServiceKind.HUGGING_FACE : kind, declared);
        List<SimulatedAccount> accounts = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            SimulatedAccount account = SimulatedAccount.of(
                            "account-" + number,
                            unknown ? ServiceKind.HUGGING_FACE : kind,
                            limits.toArray(ServiceLimit[]::new))
                    .withModels(models)
                    .withMaxConcurrency(1 + lot.nextInt(60))
                    .withWeight(1 + lot.nextInt(3))
                    .inTier(tiers && number == count - 1 ? 1 : 0);
            SimulatedAccount member = shared ? account.ofOrganization("organization-" + number / 2) : account;
            SimulatedAccount told = declared ? member : member.undeclared().withLimitScope();
            accounts.add(transit.map(told::withTransit).orElse(told));
        }
        return accounts;
    }

    private List<ServiceLimit> limits(ServiceKind kind, boolean declared) {
        boolean perModel = kind == ServiceKind.GROQ || chance(6);
        Counting counting = switch (kind) {
            case GROQ -> Counting.BUCKET;
            case OPENAI -> Counting.FIXED;
            case HUGGING_FACE -> pick(Counting.SLIDING, Counting.FIXED, Counting.BUCKET);
        };
        List<ServiceLimit> limits = new ArrayList<>();
        if (kind == ServiceKind.GROQ) {
            limits.add(new ServiceLimit(Limit.requests(20 + lot.nextInt(300), Duration.ofDays(1)), counting, perModel));
            limits.add(new ServiceLimit(
                    Limit.tokens(2_000 + lot.nextInt(8_000), Duration.ofMinutes(1)), counting, perModel));
            return limits;
        }
        limits.add(new ServiceLimit(
                Limit.requests(1 + lot.nextInt(40), Duration.ofSeconds(5 + lot.nextInt(55))), counting, perModel));
        if (declared && chance(2)) {
            limits.add(new ServiceLimit(
                    Limit.requests(20 + lot.nextInt(200), Duration.ofMinutes(2 + lot.nextInt(10))), counting, false));
        }
        if (declared && !crowd && (singleFile || chance(3))) {
            limits.add(new ServiceLimit(
                    Limit.tokens(2_000 + lot.nextInt(8_000), Duration.ofSeconds(30 + lot.nextInt(60))),
                    counting,
                    perModel));
        }
        return limits;
    }

    private Scenario.Service service(List<SimulatedAccount> accounts) {
        Duration mean = Duration.ofMillis(10 + lot.nextInt(3_000));
        Latency latency = chance(2) ? Latency.uniform(mean, 0.5) : Latency.lognormal(mean, 0.4);
        ServiceCapacity capacity = switch (crowd ? 2 : lot.nextInt(6)) {
            case 0 -> ServiceCapacity.ofService(1 + lot.nextInt(20));
            case 1 -> ServiceCapacity.ofAccount(1 + lot.nextInt(20));
            default -> ServiceCapacity.UNLIMITED;
        };
        Duration clockAhead = rough && chance(4) ? Duration.ofMillis(lot.nextInt(20_000) - 10_000) : Duration.ZERO;
        return new Scenario.Service(
                latency,
                capacity,
                new AnswerLength(20 + lot.nextInt(150), lot.nextDouble() * 0.6),
                new FaultScript(rough ? faults(accounts) : mistakes()),
                clockAhead);
    }

    private List<FaultRule> mistakes() {
        return !crowd && chance(4) ? List.of(FaultRule.always(pick(CALLERS_OWN)).forShare(0.05)) : List.of();
    }

    private List<FaultRule> faults(List<SimulatedAccount> accounts) {
        List<FaultRule> rules = new ArrayList<>();
        for (int number = lot.nextInt(4); number > 0; number--) {
            rules.add(when(FaultRule.always(pick(FAILURES)), accounts));
        }
        if (stalling) {
            rules.add(outage(new Dice(seed + 7_000_003)));
        }
        return rules;
    }

    /** Mostly few, and sometimes so many that prompts come back to the line again and again. */
    private static double stale(Dice ofItsOwn) {
        return switch (ofItsOwn.nextInt(4)) {
            case 0 -> 0.03;
            case 1 -> 0.3;
            default -> 0;
        };
    }

    private static FaultRule outage(Dice ofItsOwn) {
        Duration from = Duration.ofMillis(ofItsOwn.nextInt(20_000));
        return FaultRule.always(OUTAGES[ofItsOwn.nextInt(OUTAGES.length)])
                .during(from, from.plusSeconds(30 + ofItsOwn.nextInt(900)));
    }

    /** A share of the requests, an outage, or one that comes again and again; of all accounts or of one. */
    private FaultRule when(FaultRule always, List<SimulatedAccount> accounts) {
        Duration from = Duration.ofMillis(lot.nextInt(10_000));
        Duration to = from.plusMillis(1 + lot.nextInt(chance(3) ? 40_000 : 5_000));
        FaultRule rule = switch (lot.nextInt(3)) {
            case 0 -> always.forShare(0.01 + lot.nextDouble() * 0.15);
            case 1 -> always.during(from, to);
            default -> always.during(from, to, to.minus(from).multipliedBy(2 + lot.nextInt(3)));
        };
        return chance(2)
                ? rule
                : rule.forAccount(accounts.get(lot.nextInt(accounts.size())).id());
    }

    private RouteSettings route(List<SimulatedAccount> accounts) {
        Map<Integer, List<TargetSettings>> tiers = new TreeMap<>();
        for (SimulatedAccount account : accounts) {
            account.models()
                    .forEach(model -> tiers.computeIfAbsent(account.tier(), tier -> new ArrayList<>())
                            .add(new TargetSettings(account.id(), model)));
        }
        Dice ofItsOwn = new Dice(seed * 2 + (rough ? 1 : 0) + 5_000_011);
        String strategy = Strategies.NAMES.get(lot.nextInt(Strategies.NAMES.size()));
        return RouteSettings.builder(
                        "default", tiers.values().stream().map(Tier::new).toList())
                .strategy(strategy)
                .patience(Duration.ofMillis(lot.nextInt(6_000)))
                .deadline(!crowd && chance(6) ? Optional.of(Duration.ofSeconds(5 + lot.nextInt(60))) : Optional.empty())
                .retries(new Retries(
                        1 + lot.nextInt(3),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(15),
                        chance(3) ? 0.02 : 0.2,
                        chance(3) ? 0.5 : 10))
                .timeouts(
                        !crowd && chance(4)
                                ? new Timeouts(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofSeconds(10))
                                : Timeouts.DEFAULT)
                .leave(ofItsOwn.nextInt(5) == 0 ? ofItsOwn.nextDouble() * RouteSettings.MOST_LEAVE : 0)
                .build();
    }

    private boolean chance(int of) {
        return lot.nextInt(of) == 0;
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[lot.nextInt(values.length)];
    }
}
