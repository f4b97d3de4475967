package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.EmulatedAccount;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.engine.Engine;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The production engine with one route of unequal accounts, balanced by a strategy, in virtual time. Prompts all differ
 * and arrive by chance (a Poisson process), as those of many independent callers do.
 */
final class StrategyBench {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final VirtualTimeline timeline;
    private final SplittableRandom random;
    private final Engine engine;
    private final List<Long> waits = new ArrayList<>();
    private final Map<String, Integer> answers = new TreeMap<>();
    private Consumer<StatusSnapshot> watcher = status -> {};

    /**
     * An account.
     *
     * @param id its name
     * @param latency how long its answers take
     * @param limit what it declares; no service here enforces any
     * @param concurrency attempts at once
     * @param fault what goes wrong
     */
    record Member(String id, Latency latency, Limit limit, int concurrency, Optional<FaultRule> fault) {

        /** Returns one without faults whose limit and concurrency never bind. */
        static Member of(String id, Latency latency) {
            return new Member(id, latency, Limit.requests(1_000_000, Duration.ofHours(1)), 1_000, Optional.empty());
        }

        Member limit(Limit other) {
            return new Member(id, latency, other, concurrency, fault);
        }

        Member concurrency(int other) {
            return new Member(id, latency, limit, other, fault);
        }

        Member fault(FaultRule other) {
            return new Member(id, latency, limit, concurrency, Optional.of(other));
        }

        private SimulatedAccount account() {
            return SimulatedAccount.of(id, ServiceKind.OPENAI, ServiceLimit.sliding(limit))
                    .withMaxConcurrency(concurrency);
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
        List<TargetSettings> targets = Stream.of(members)
                .map(member -> new TargetSettings(member.id(), SimulatedAccount.MODEL))
                .toList();
        SimulatedPool pool = SimulatedPool.builder(seed)
                .accounts(Stream.of(members).map(Member::account).toList())
                .service(ServiceKind.OPENAI, unused -> service(seed, members))
                .strategy(strategy)
                .route(RouteSettings.of("default", List.of(new Tier(targets))).toBuilder()
                        .strategy(strategy.name())
                        .build())
                .build();
        this.timeline = pool.timeline();
        this.random = new SplittableRandom(seed + 1);
        this.engine = pool.engine();
    }

    private static ServiceSettingsBuilder service(long seed, Member... members) {
        ServiceSettingsBuilder service = ServiceSettings.builder(ServiceKind.OPENAI)
                .refusalLatency(Duration.ofMillis(5))
                .seed(seed);
        List<FaultRule> faults = new ArrayList<>();
        for (Member member : members) {
            service.organization(EmulatedOrganization.of(member.id()))
                    .account(new EmulatedAccount(
                            member.id(), member.account().token(), member.id(), Optional.of(member.latency())));
            member.fault().ifPresent(rule -> faults.add(rule.forAccount(member.id())));
        }
        return service.faults(new FaultScript(faults));
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
