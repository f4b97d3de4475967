package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.EngineSettings;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.engine.RouteSettings.TargetSettings;
import dev.whippletree.engine.RouteSettings.Tier;
import dev.whippletree.engine.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The production engine over modelled services in virtual time: one scenario, run to its end, checked after every step. */
final class SimulatedRun {

    private static final String MODEL = "model";
    private static final int MOST_STEPS = 200_000;

    private final Scenario scenario;
    private final VirtualTimeline timeline;
    private final SplittableRandom random;
    private final EmulatedService service;
    private final Engine engine;
    private final List<Asked> asked = new ArrayList<>();

    /** A prompt and what became of it. */
    private static final class Asked {
        private final Prompt prompt;
        private final long atNanos;
        private @Nullable CompletableFuture<Completion> answer;
        private int outcomes;
        private long endedNanos;

        Asked(Prompt prompt, long atNanos) {
            this.prompt = prompt;
            this.atNanos = atNanos;
        }
    }

    SimulatedRun(Scenario scenario) {
        this.scenario = scenario;
        this.timeline = new VirtualTimeline(scenario.seed());
        this.random = new SplittableRandom(scenario.seed() + 1);
        this.service = new EmulatedService(service(), timeline.nanoTime());
        this.engine = new Engine(timeline, topology(), EngineSettings.DEFAULT, List.of());
    }

    private ServiceSettings service() {
        ServiceLimit[] limits = scenario.limits().stream()
                .map(limit -> new ServiceLimit(limit, scenario.counting(), false))
                .toArray(ServiceLimit[]::new);
        ServiceSettingsBuilder builder = ServiceSettings.builder(scenario.kind())
                .latency(Latency.uniform(scenario.latency(), 0.5))
                .refusalLatency(Duration.ofMillis(5))
                .faults(scenario.faults())
                .seed(scenario.seed());
        for (int organization : new LinkedHashSet<>(scenario.organizations())) {
            builder.organization(EmulatedOrganization.of("organization-" + organization, limits));
        }
        for (int account = 0; account < scenario.organizations().size(); account++) {
            builder.member(
                    "account-" + account,
                    "token-" + account,
                    "organization-" + scenario.organizations().get(account));
        }
        return builder.build();
    }

    private Topology topology() {
        SimulatedProvider provider = new SimulatedProvider("simulated", service, timeline, scenario.link(), Map.of());
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        List<TargetSettings> targets = new ArrayList<>();
        for (int account = 0; account < scenario.organizations().size(); account++) {
            AccountSettings settings = account(account);
            accounts.add(new Topology.OpenAccount(settings, provider.connect(settings)));
            targets.add(new TargetSettings(settings.id(), MODEL));
        }
        List<Tier> tiers = scenario.tiers()
                ? List.of(
                        new Tier(targets.subList(0, targets.size() - 1)),
                        new Tier(targets.subList(targets.size() - 1, targets.size())))
                : List.of(new Tier(targets));
        List<Picker> pickers = tiers.stream()
                .map(tier -> new RoundRobin().open(Settings.none("test"), timeline.random()))
                .toList();
        List<Topology.OpenCache> caches =
                scenario.cached() ? List.of(new Topology.OpenCache("map", new MemoryStore())) : List.of();
        return new Topology(
                accounts,
                Map.of("default", new Topology.OpenRoute(RouteSettings.of("default", tiers), pickers)),
                "default",
                caches,
                List.of());
    }

    private AccountSettings account(int number) {
        List<DeclaredLimit> declared = scenario.declared()
                ? scenario.limits().stream()
                        .map(limit -> new DeclaredLimit(limit, Optional.empty()))
                        .toList()
                : List.of();
        return new AccountSettings(
                "account-" + number,
                "simulated",
                Optional.of(Secret.of("token-" + number)),
                Optional.of("organization-" + scenario.organizations().get(number)),
                1,
                OptionalInt.of(scenario.concurrency()),
                Optional.empty(),
                declared,
                Settings.none("account-" + number));
    }

    /** Runs it to its end and checks everything that must hold. */
    void run() {
        for (int number = 0; number < scenario.prompts(); number++) {
            Asked one =
                    new Asked(prompt(number), random.nextLong(scenario.over().toNanos()));
            asked.add(one);
            timeline.schedule(one.atNanos, () -> ask(one));
        }
        int steps = 0;
        while (timeline.runNext()) {
            checkStep(engine.status());
            assertThat(++steps).as("steps until everything has ended").isLessThan(MOST_STEPS);
        }
        checkEnd(engine.status(), service.stats());
    }

    private Prompt prompt(int number) {
        int question = number < scenario.distinct() ? number : random.nextInt(scenario.distinct());
        Prompt.Builder prompt =
                Prompt.builder().user("question " + question).maxTokens(300).session("session " + random.nextInt(10));
        if (random.nextInt(3) == 0) {
            scenario.deadline().ifPresent(prompt::deadline);
        }
        return prompt.build();
    }

    private void ask(Asked one) {
        CompletableFuture<Completion> answer = engine.complete(one.prompt);
        one.answer = answer;
        answer.whenComplete((completion, failure) -> {
            one.outcomes++;
            one.endedNanos = timeline.nanoTime();
        });
        if (random.nextDouble() < scenario.cancelled()) {
            timeline.schedule(random.nextLong(5_000_000_000L), () -> answer.cancel(true));
        }
    }

    /** Work is conserved: nobody waits while an account could take them. Gauges stay within their bounds. */
    private void checkStep(StatusSnapshot status) {
        for (StatusSnapshot.Account account : status.accounts()) {
            assertThat(account.inFlight()).isBetween(0, scenario.concurrency());
            boolean couldTakeOne = account.state() == StatusSnapshot.AccountState.OPEN
                    && account.inFlight() < account.maxConcurrency()
                    && account.limits().stream().allMatch(limit -> limit.left() > 700);
            boolean plain = scenario.declared() && scenario.faults().rules().isEmpty() && !scenario.tiers();
            if (plain && couldTakeOne) {
                assertThat(status.waiting())
                        .as("waiting while %s is ready", account.id())
                        .isZero();
            }
        }
        assertThat(status.prompts().underWay()).isGreaterThanOrEqualTo(status.waiting());
    }

    private void checkEnd(StatusSnapshot status, ServiceStats stats) {
        checkOutcomes();
        checkLimits(stats);
        assertThat(status.inFlight()).as("leases at the end").isZero();
        assertThat(status.waiting()).as("waiting at the end").isZero();
        assertThat(status.sessionsActive()).as("sessions at the end").isZero();
        assertThat(status.prompts().underWay()).as("prompts at the end").isZero();
        assertThat(stats.calls()).as("calls").isLessThanOrEqualTo(status.calls());
        if (scenario.faults().rules().isEmpty()) {
            checkCalm(status, stats);
        }
    }

    private void checkOutcomes() {
        for (Asked one : asked) {
            assertThat(one.outcomes).as("outcomes of one prompt").isEqualTo(1);
            one.prompt
                    .deadline()
                    .ifPresent(deadline -> assertThat(one.endedNanos - one.atNanos)
                            .as("time of a prompt with a deadline of %s", deadline)
                            .isLessThanOrEqualTo(deadline.toNanos()));
            CompletableFuture<Completion> answer = one.answer;
            if (answer != null && !answer.isCompletedExceptionally()) {
                assertThat(Answers.matches(one.prompt.messages(), answer.join().text()))
                        .as("the answer is whole and belongs to its prompt")
                        .isTrue();
                int targets = scenario.organizations().size();
                assertThat(answer.join().origin().attempts()).isBetween(0, targets * 22);
            }
        }
    }

    /** A service whose limits are declared is never asked beyond them; one whose limits are learned, only by the first few. */
    private void checkLimits(ServiceStats stats) {
        long refused = stats.limits().stream().mapToLong(LimitStats::refused).sum();
        long unavoidable =
                scenario.declared() ? 0 : 4L * scenario.organizations().size();
        assertThat(refused)
                .as("requests refused for a limit: %s", stats.limits())
                .isLessThanOrEqualTo(unavoidable);
        for (LimitStats limit : stats.limits()) {
            if (scenario.declared() && limit.counting() == Counting.SLIDING) {
                assertThat(limit.fullest())
                        .as("fullest window of %s", limit.limit())
                        .isLessThanOrEqualTo(limit.amount());
            }
        }
    }

    /** Where nothing goes wrong, everybody whose deadline allows it is answered, and each question costs one call. */
    private void checkCalm(StatusSnapshot status, ServiceStats stats) {
        Set<String> questions = new LinkedHashSet<>();
        for (Asked one : asked) {
            CompletableFuture<Completion> answer = one.answer;
            if (answer != null && answer.isCompletedExceptionally()) {
                PromptException failure = (PromptException)
                        answer.handle((completion, cause) -> cause).join();
                assertThat(one.prompt.deadline())
                        .as("only deadlines fail: %s", failure)
                        .isPresent();
            } else {
                questions.add(one.prompt.messages().get(0).text());
            }
        }
        if (scenario.cached() && scenario.deadline().isEmpty()) {
            assertThat(stats.answered()).as("answers made").isEqualTo(questions.size());
        }
        assertThat(status.accounts())
                .allSatisfy(account -> assertThat(account.state())
                        .isNotIn(StatusSnapshot.AccountState.COOLING, StatusSnapshot.AccountState.OFF));
    }
}
