package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.AnswerLength;
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
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prompts without a maximum on Groq's free limits: 30 requests a minute, 1,000 a day, 8,000 tokens a minute, 200,000 a
 * day, all of them buckets. What Groq counts for an answer when such a prompt arrives isn't documented, so each case
 * assumes something: nothing, 1,024 tokens, the maximum of a small model, that of {@code gpt-oss}. 400 prompts of 64
 * tokens come at once, and answers take two seconds. The figures stand in docs/limits-measured.md.
 */
@Tag("slow")
final class NoMaximumOnGroqTest {

    private static final int PROMPTS = 400;
    private static final String MODEL = "openai/gpt-oss-20b";
    private static final Limit PER_MINUTE = Limit.requests(30, Duration.ofMinutes(1));
    private static final Limit PER_DAY = Limit.requests(1_000, Duration.ofDays(1));
    private static final Limit TOKENS_PER_MINUTE = Limit.tokens(8_000, Duration.ofMinutes(1));
    private static final Limit TOKENS_PER_DAY = Limit.tokens(200_000, Duration.ofDays(1));
    private static final List<Limit> LIMITS = List.of(PER_MINUTE, PER_DAY, TOKENS_PER_MINUTE, TOKENS_PER_DAY);

    private final VirtualTimeline timeline = new VirtualTimeline(7);

    /** A service, and 400 prompts that were sent to it at once. */
    private final class Run {

        private final EmulatedService service;
        private final List<CompletableFuture<Completion>> answers;

        Run(long assumed, int answerTokens, boolean declared, OptionalInt maxTokens) {
            service = service(assumed, answerTokens);
            Engine engine = engine(declared, maxTokens, 0);
            answers = IntStream.range(0, PROMPTS)
                    .mapToObj(number -> engine.complete(Prompt.of(text(number))))
                    .toList();
        }

        /**
         * Prompts that come by chance within an hour, every other of which has a maximum: a small one or, seldom, a
         * large one.
         */
        Run(long assumed, SplittableRandom random) {
            service = service(assumed, 60 + random.nextInt(600));
            Engine engine = engine(true, OptionalInt.empty(), 0);
            answers = new ArrayList<>();
            for (int number = 0; number < PROMPTS; number++) {
                Prompt.Builder prompt = Prompt.builder().user(text(number));
                if (random.nextBoolean()) {
                    prompt.maxTokens(random.nextInt(10) == 0 ? 3_000 : 20 + random.nextInt(300));
                }
                timeline.schedule(
                        random.nextLong(Duration.ofHours(1).toNanos()),
                        () -> answers.add(engine.complete(prompt.build())));
            }
        }

        /** Prompts estimated at 10 tokens, of which the service counts more. */
        Run(int counted) {
            service = service(65_536, 60);
            Engine engine = engine(true, OptionalInt.empty(), counted - 6);
            answers = IntStream.range(0, PROMPTS)
                    .mapToObj(number -> engine.complete(Prompt.of("Hi " + (100 + number))))
                    .toList();
        }

        private static String text(int number) {
            return "Question " + number + ". " + "Think! ".repeat(34);
        }

        private EmulatedService service(long assumed, int answerTokens) {
            ServiceLimit[] limits = LIMITS.stream().map(ServiceLimit::bucket).toArray(ServiceLimit[]::new);
            ServiceSettings settings = ServiceSettings.builder(ServiceKind.GROQ)
                    .account("groq-1", "token-1", limits)
                    .latency(Latency.uniform(Duration.ofSeconds(2), 0.5))
                    .refusalLatency(Duration.ofMillis(20))
                    .assumedMaxTokens(assumed)
                    .answerLength(new AnswerLength(answerTokens, 0.7))
                    .build();
            return new EmulatedService(settings, timeline.nanoTime());
        }

        private Engine engine(boolean declared, OptionalInt maxTokens, int added) {
            Link link = new Link(Duration.ofMillis(5), Duration.ofMillis(80), 0);
            SimulatedProvider provider = new SimulatedProvider("groq", service, timeline, link, Map.of());
            AccountSettings.Builder account =
                    AccountSettings.builder("groq-1", "groq").token("token-1");
            if (declared) {
                LIMITS.forEach(limit -> account.limit(limit.toString()));
            }
            AccountSettings settings = account.build();
            ProviderClient client = provider.connect(settings);
            RouteSettings route = RouteSettings.builder(
                            "default", List.of(new Tier(List.of(new TargetSettings("groq-1", MODEL)))))
                    .maxTokens(maxTokens)
                    .build();
            Topology.OpenRoute open = new Topology.OpenRoute(
                    route, List.of(new RoundRobin().open(Settings.none("test"), timeline.random())));
            Topology topology = new Topology(
                    List.of(new Topology.OpenAccount(settings, added > 0 ? adding(added, client) : client)),
                    Map.of("default", open),
                    "default",
                    List.of(),
                    List.of());
            return new Engine(timeline, topology, EngineSettings.DEFAULT, List.of());
        }

        /** Sends prompts with a message before them that isn't estimated, as a chat template adds one. */
        private static ProviderClient adding(int tokens, ProviderClient client) {
            return new ProviderClient() {

                @Override
                public Admission admission(Prompt prompt, String model) {
                    return client.admission(prompt, model);
                }

                @Override
                public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                    Prompt longer = Prompt.builder()
                            .system("Sys ".repeat(tokens - 4))
                            .user(prompt.messages().get(0).text())
                            .build();
                    return client.send(
                            longer.toBuilder().parameters(prompt.parameters()).build(), model, sink);
                }

                @Override
                public void close() {
                    client.close();
                }
            };
        }

        long answeredWithin(int minutes) {
            timeline.advance(Duration.ofMinutes(minutes));
            return answers.stream()
                    .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
                    .count();
        }

        long refused(Limit limit) {
            return service.stats().limits().stream()
                    .filter(stats -> stats.limit().equals(limit.toString()))
                    .mapToLong(LimitStats::refused)
                    .sum();
        }

        /** Runs until all have ended, and returns how many answers are cut. */
        long finish() {
            timeline.runAll();
            assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
            return answers.stream().filter(answer -> answer.join().isCut()).count();
        }
    }

    @ParameterizedTest(name = "{0} assumed, answers of {1}: {2} in the first minute, {3} in ten")
    @CsvSource({
        "0,     60,    30, 300",
        "0,     400,   30, 300",
        "1024,  60,    14, 80",
        "1024,  400,   13, 79",
        "1024,  1500,  7,  75",
    })
    void declaredLimits_refuseNothing(long assumed, int answerTokens, int first, int ten) {
        Run run = new Run(assumed, answerTokens, true, OptionalInt.empty());

        assertThat(run.answeredWithin(1)).isEqualTo(first);
        assertThat(run.answeredWithin(9)).isEqualTo(ten);
        assertThat(run.finish()).as("cut").isZero();
        assertThat(LIMITS).allSatisfy(limit -> assertThat(run.refused(limit)).isZero());
    }

    /** The limits per minute and per day that no header tells of are told of in refusals only. */
    @ParameterizedTest(name = "{0} assumed, answers of {1}")
    @CsvSource({"0, 60", "0, 400", "0, 1500", "1024, 60", "1024, 400", "1024, 1500"})
    void reportedLimits_refuseNothing_andOthersOnceOrTwice(long assumed, int answerTokens) {
        Run run = new Run(assumed, answerTokens, false, OptionalInt.empty());

        assertThat(run.finish()).as("cut").isZero();
        assertThat(run.refused(TOKENS_PER_MINUTE) + run.refused(PER_DAY)).isZero();
        assertThat(run.refused(PER_MINUTE) + run.refused(TOKENS_PER_DAY)).isBetween(0L, 2L);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void besidePromptsWithAMaximum_declaredLimitsRefuseNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Run run = new Run(random.nextInt(1_025), random);

        run.finish();

        assertThat(run.answers).hasSize(PROMPTS);
        assertThat(LIMITS)
                .allSatisfy(limit -> assertThat(run.refused(limit))
                        .as("seed %s: %s", seed, limit)
                        .isZero());
    }

    /** Where what is assumed exceeds the limit, the service takes no prompt without a maximum: each is refused once. */
    @ParameterizedTest(name = "{0} assumed, answers of {1}, declared {2}: {3} in the first minute, {4} in ten")
    @CsvSource({
        "4096,  60,   true,  3, 20, 2,   0",
        "4096,  400,  false, 3, 20, 3,   0",
        "4096,  1500, true,  2, 19, 2,   0",
        "65536, 60,   true,  2, 12, 400, 0",
        "65536, 400,  false, 2, 12, 400, 0",
        "65536, 1500, true,  2, 12, 400, 4",
    })
    void maximumOfTheModelAssumed_everyPromptIsAnswered(
            long assumed, int answerTokens, boolean declared, int first, int ten, int refused, int cut) {
        Run run = new Run(assumed, answerTokens, declared, OptionalInt.empty());

        assertThat(run.answeredWithin(1)).isEqualTo(first);
        assertThat(run.answeredWithin(9)).isEqualTo(ten);
        assertThat(run.finish()).as("longer than the limit allows at all").isEqualTo(cut);
        assertThat(run.refused(TOKENS_PER_MINUTE)).isEqualTo(refused);
        assertThat(run.refused(PER_MINUTE) + run.refused(PER_DAY)).isZero();
    }

    /**
     * The largest maximum leaves room for 998 tokens that aren't estimated. Where that is too little, half of it is
     * sent.
     */
    @ParameterizedTest(name = "{0} counted where 10 are estimated: {1} in ten minutes, {2} refused")
    @CsvSource({"75, 12, 400", "400, 9, 406", "3000, 10, 808"})
    void promptsLongerThanEstimated_everyPromptIsAnswered(int counted, int ten, int refused) {
        Run run = new Run(counted);

        assertThat(run.answeredWithin(10)).isEqualTo(ten);
        assertThat(run.finish()).as("cut").isZero();
        assertThat(run.refused(TOKENS_PER_MINUTE)).isEqualTo(refused);
        assertThat(run.refused(PER_MINUTE) + run.refused(PER_DAY)).isZero();
    }

    /** What setting it buys: the service counts that much for each answer, whatever it would have assumed. */
    @ParameterizedTest(name = "max-tokens {0}: {1} in the first minute, {2} in ten")
    @CsvSource({"200, 30, 300", "1024, 14, 80"})
    void routesMaximum_isWhatCounts(int maxTokens, int first, int ten) {
        Run run = new Run(65_536, 60, true, OptionalInt.of(maxTokens));

        assertThat(run.answeredWithin(1)).isEqualTo(first);
        assertThat(run.answeredWithin(9)).isEqualTo(ten);
    }
}
