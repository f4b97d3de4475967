package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.EmulatedOrganization;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Groq's four limits at once, for each of two models of one organization with two keys: 30 requests a minute, 1,000 a
 * day, 8,000 tokens a minute, 200,000 a day, all of them buckets. The load of each model, within ten minutes, is 1,080
 * short prompts and 120 of which the service counts 1,500 tokens each, so every one of the four binds at some time.
 */
@Tag("slow")
final class GroqLimitsTest {

    private static final Limit PER_MINUTE = Limit.requests(30, Duration.ofMinutes(1));
    private static final Limit PER_DAY = Limit.requests(1_000, Duration.ofDays(1));
    private static final Limit TOKENS_PER_MINUTE = Limit.tokens(8_000, Duration.ofMinutes(1));
    private static final Limit TOKENS_PER_DAY = Limit.tokens(200_000, Duration.ofDays(1));
    private static final List<Limit> LIMITS = List.of(PER_MINUTE, PER_DAY, TOKENS_PER_MINUTE, TOKENS_PER_DAY);
    private static final List<String> MODELS = List.of("openai/gpt-oss-20b", "openai/gpt-oss-120b");
    private static final int PROMPTS = 1_200;
    private static final int EVERY_LONG = 10;

    private final VirtualTimeline timeline = new VirtualTimeline(7);
    private final EmulatedService service = new EmulatedService(service(), timeline.nanoTime());
    private final List<CompletableFuture<Completion>> answers = new ArrayList<>();

    private static ServiceSettings service() {
        ServiceLimit[] limits = LIMITS.stream().map(ServiceLimit::bucket).toArray(ServiceLimit[]::new);
        return ServiceSettings.builder(ServiceKind.GROQ)
                .organization(EmulatedOrganization.of("acme", limits))
                .member("groq-1", "token-1", "acme")
                .member("groq-2", "token-2", "acme")
                .latency(Latency.uniform(Duration.ofSeconds(1), 0.5))
                .refusalLatency(Duration.ofMillis(20))
                .build();
    }

    private Engine engine(boolean declared) {
        SimulatedProvider provider = new SimulatedProvider(
                "groq", service, timeline, new Link(Duration.ofMillis(5), Duration.ofMillis(80), 0), Map.of());
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            AccountSettings settings = account(number, declared);
            accounts.add(new Topology.OpenAccount(settings, provider.connect(settings)));
        }
        Map<String, Topology.OpenRoute> routes = new LinkedHashMap<>();
        for (String model : MODELS) {
            List<Tier> tiers = List.of(
                    new Tier(List.of(new TargetSettings("groq-1", model), new TargetSettings("groq-2", model))));
            routes.put(
                    model,
                    new Topology.OpenRoute(
                            RouteSettings.of(model, tiers),
                            List.of(new RoundRobin().open(Settings.none("test"), timeline.random()))));
        }
        Topology topology = new Topology(accounts, routes, MODELS.get(0), List.of(), List.of());
        return new Engine(timeline, topology, EngineSettings.DEFAULT, List.of());
    }

    private static AccountSettings account(int number, boolean declared) {
        List<DeclaredLimit> limits = !declared
                ? List.of()
                : LIMITS.stream()
                        .flatMap(limit -> MODELS.stream().map(model -> new DeclaredLimit(limit, Optional.of(model))))
                        .toList();
        return AccountSettings.builder("groq-" + number, "groq")
                .token("token-" + number)
                .organization("acme")
                .limits(limits)
                .build();
    }

    /** Asks all within ten minutes, by chance, and runs until everybody has an answer. */
    private void askAll(Engine engine) {
        for (String model : MODELS) {
            for (int number = 0; number < PROMPTS; number++) {
                Prompt prompt = Prompt.builder()
                        .user("question " + number)
                        .route(model)
                        .maxTokens(number % EVERY_LONG == 0 ? 1_480 : 60)
                        .build();
                timeline.schedule(
                        timeline.random().nextLong(Duration.ofMinutes(10).toNanos()),
                        () -> answers.add(engine.complete(prompt)));
            }
        }
        timeline.runAll();
        assertThat(answers)
                .hasSize(MODELS.size() * PROMPTS)
                .allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    private List<LimitStats> limits() {
        return service.stats().limits();
    }

    private List<LimitStats> limits(Limit limit) {
        return limits().stream()
                .filter(stats -> stats.limit().equals(limit.toString()))
                .toList();
    }

    private long refused() {
        return limits().stream().mapToLong(LimitStats::refused).sum();
    }

    @Test
    void declared_noLimitIsEverRefused_andEachIsUsed() {
        askAll(engine(true));

        assertThat(limits()).hasSize(LIMITS.size() * MODELS.size()).allSatisfy(limit -> {
            assertThat(limit.refused()).as("refused for %s", limit).isZero();
            assertThat(limit.fullest()).as("use of %s", limit).isGreaterThan(limit.amount() * 90 / 100);
        });
        // What headers tell of is then held as they say it is counted; what they don't, by sliding window.
        for (Limit untold : List.of(PER_MINUTE, TOKENS_PER_DAY)) {
            assertThat(limits(untold))
                    .allSatisfy(limit -> assertThat(limit.fullest()).isLessThanOrEqualTo(limit.amount()));
        }
    }

    /** Two refusals a limit are one for each account, whose calls may cross. */
    @Test
    void reportedOnly_whatHeadersTellIsNeverRefused_andWhatProseTellsOnce() {
        Engine engine = engine(false);

        askAll(engine);

        for (Limit told : List.of(PER_DAY, TOKENS_PER_MINUTE)) {
            assertThat(limits(told))
                    .allSatisfy(limit -> assertThat(limit.refused()).isZero());
        }
        for (Limit untold : List.of(PER_MINUTE, TOKENS_PER_DAY)) {
            assertThat(limits(untold))
                    .allSatisfy(
                            limit -> assertThat(limit.refused()).as("%s", limit).isBetween(1L, 2L));
        }
        assertThat(learned(engine)).containsExactlyInAnyOrderElementsOf(LIMITS);
    }

    private static List<Limit> learned(Engine engine) {
        return engine.status().accounts().get(0).limits().stream()
                .filter(limit -> limit.scope().model().equals(Optional.of(MODELS.get(0))))
                .map(limit ->
                        new Limit(limit.unit(), limit.amount(), limit.window().orElseThrow()))
                .toList();
    }

    /**
     * The whole burst leaves before anything can be known: at most what may be under way, 64 an account, is refused.
     */
    @Test
    void burstOnALimitThatNobodyTold_isRefusedOnce_andNeverAgain() {
        Engine engine = engine(false);
        askShort(engine, 0, 10);
        timeline.advance(Duration.ofHours(1));
        askShort(engine, 10, 110);
        timeline.advance(Duration.ofHours(1));
        long first = refused();
        assertThat(first).isBetween(1L, 2L * 64);

        askShort(engine, 110, 300);
        timeline.runAll();

        assertThat(refused()).isEqualTo(first);
        assertThat(answers).hasSize(300).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    private void askShort(Engine engine, int from, int to) {
        for (int number = from; number < to; number++) {
            answers.add(engine.complete(
                    Prompt.builder().user("burst " + number).maxTokens(40).build()));
        }
    }
}
