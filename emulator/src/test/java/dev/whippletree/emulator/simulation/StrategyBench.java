package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The production engine with one route of unequal accounts, balanced by a strategy, in virtual time. Prompts all differ
 * and arrive by chance (a Poisson process), as those of many independent callers do.
 */
final class StrategyBench {

    private static final String MODEL = "model";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final VirtualTimeline timeline;
    private final SplittableRandom random;
    private final Engine engine;
    private final List<Long> waits = new ArrayList<>();
    private final Map<String, Integer> answers = new TreeMap<>();
    private Consumer<StatusSnapshot> watcher = status -> {};

    /**
     * An account with a service of its own.
     *
     * @param id its name
     * @param latency how long its answers take
     * @param limit what it declares; no service here enforces any
     * @param concurrency attempts at once
     * @param faults what goes wrong
     */
    record Member(String id, Latency latency, Limit limit, int concurrency, FaultScript faults) {

        /** Returns one without faults whose limit and concurrency never bind. */
        static Member of(String id, Latency latency) {
            return new Member(id, latency, Limit.requests(1_000_000, Duration.ofHours(1)), 1_000, FaultScript.NONE);
        }

        Member limit(Limit other) {
            return new Member(id, latency, other, concurrency, faults);
        }

        Member concurrency(int other) {
            return new Member(id, latency, limit, other, faults);
        }

        Member faults(FaultScript other) {
            return new Member(id, latency, limit, concurrency, other);
        }
    }

    /**
     * What came of a run.
     *
     * @param meanSeconds from asking to the answer
     * @param answers by account, without the failed attempts
     * @param failedAttempts of all accounts
     */
    record Figures(double meanSeconds, Map<String, Integer> answers, long failedAttempts) {

        int answersOf(String account) {
            return answers.getOrDefault(account, 0);
        }
    }

    StrategyBench(BalancingStrategy strategy, long seed, Member... members) {
        this.timeline = new VirtualTimeline(seed);
        this.random = new SplittableRandom(seed + 1);
        this.engine =
                new Engine(timeline, topology(strategy, List.of(members), seed), EngineSettings.DEFAULT, List.of());
    }

    private Topology topology(BalancingStrategy strategy, List<Member> members, long seed) {
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        List<TargetSettings> targets = new ArrayList<>();
        for (Member member : members) {
            accounts.add(open(member, seed));
            targets.add(new TargetSettings(member.id(), MODEL));
        }
        RouteSettings route = RouteSettings.of("default", List.of(new Tier(targets)));
        Picker picker = strategy.open(Settings.none("route default"), timeline.random());
        return new Topology(
                accounts,
                Map.of("default", new Topology.OpenRoute(route, List.of(picker))),
                "default",
                List.of(),
                List.of());
    }

    private Topology.OpenAccount open(Member member, long seed) {
        ServiceSettings service = ServiceSettings.builder(ServiceKind.OPENAI)
                .account(member.id(), "token-" + member.id())
                .latency(member.latency())
                .refusalLatency(Duration.ofMillis(5))
                .faults(member.faults())
                .seed(seed)
                .build();
        AccountSettings account = AccountSettings.builder(member.id(), "simulated")
                .token("token-" + member.id())
                .maxConcurrency(member.concurrency())
                .limit(member.limit())
                .build();
        SimulatedProvider provider =
                new SimulatedProvider("simulated", new EmulatedService(service, timeline.nanoTime()), timeline);
        return new Topology.OpenAccount(account, provider.connect(account));
    }

    /** Lets somebody look at the status once a second while prompts arrive. */
    StrategyBench watched(Consumer<StatusSnapshot> by) {
        watcher = by;
        return this;
    }

    /** Asks that many prompts, and returns what came of them. All must be answered. */
    Figures run(int prompts, double perSecond) {
        double at = 0;
        List<CompletableFuture<Completion>> asked = new ArrayList<>();
        for (int number = 0; number < prompts; number++) {
            at -= Math.log(1 - random.nextDouble()) / perSecond;
            String text = "question " + number;
            timeline.schedule((long) (at * 1e9), () -> asked.add(ask(text)));
        }
        for (Duration look = LOOK_EVERY; look.toSeconds() < at; look = look.plus(LOOK_EVERY)) {
            timeline.schedule(look.toNanos(), () -> watcher.accept(engine.status()));
        }
        timeline.runAll();
        asked.forEach(answer -> answers.merge(answer.join().origin().account(), 1, Integer::sum));
        double mean = waits.stream().mapToLong(Long::longValue).average().orElseThrow() / 1e9;
        return new Figures(mean, answers, engine.status().calls() - prompts);
    }

    private CompletableFuture<Completion> ask(String text) {
        long asked = timeline.nanoTime();
        CompletableFuture<Completion> answer = engine.complete(Prompt.of(text));
        return answer.whenComplete((completion, failure) -> waits.add(timeline.nanoTime() - asked));
    }
}
