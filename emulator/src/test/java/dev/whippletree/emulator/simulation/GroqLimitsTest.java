package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groq's four limits at once, all of them buckets, each of them for each model. */
@Tag("slow")
final class GroqLimitsTest {

    private static final Limit PER_MINUTE = Limit.requests(30, Duration.ofMinutes(1));
    private static final Limit PER_DAY = Limit.requests(1_000, Duration.ofDays(1));
    private static final Limit TOKENS_PER_MINUTE = Limit.tokens(8_000, Duration.ofMinutes(1));
    private static final Limit TOKENS_PER_DAY = Limit.tokens(200_000, Duration.ofDays(1));
    private static final List<Limit> LIMITS = List.of(PER_MINUTE, PER_DAY, TOKENS_PER_MINUTE, TOKENS_PER_DAY);
    private static final List<String> MODELS = List.of("openai/gpt-oss-20b", "openai/gpt-oss-120b");
    private static final Link LINK = new Link(Duration.ofMillis(5), Duration.ofMillis(80), 0);
    private static final int PROMPTS = 400;

    private final List<CompletableFuture<Completion>> answers = new ArrayList<>();

    private static SimulatedAccount account(String id, boolean declared) {
        SimulatedAccount account = SimulatedAccount.of(
                        id,
                        ServiceKind.GROQ,
                        LIMITS.stream().map(ServiceLimit::bucket).toArray(ServiceLimit[]::new))
                .ofOrganization("acme");
        return declared ? account : account.undeclared();
    }

    /** Two keys of one organization and two models. */
    private static SimulatedPool twoKeys(boolean declared) {
        SimulatedPoolBuilder builder = SimulatedPool.builder(7)
                .account(account("groq-1", declared).withModels(MODELS))
                .account(account("groq-2", declared).withModels(MODELS))
                .link(LINK)
                .service(
                        ServiceKind.GROQ,
                        service -> service.latency(Latency.uniform(Duration.ofSeconds(1), 0.5))
                                .refusalLatency(Duration.ofMillis(20)));
        for (String model : MODELS) {
            builder.route(RouteSettings.of(
                    model,
                    List.of(new Tier(
                            List.of(new TargetSettings("groq-1", model), new TargetSettings("groq-2", model))))));
        }
        return builder.build();
    }

    private static List<LimitStats> stats(SimulatedPool pool, Limit limit) {
        return pool.stats(ServiceKind.GROQ).limits().stream()
                .filter(stats -> stats.limit().equals(limit.toString()))
                .toList();
    }

    private static long refused(SimulatedPool pool, Limit... limits) {
        return List.of(limits).stream()
                .flatMap(limit -> stats(pool, limit).stream())
                .mapToLong(LimitStats::refused)
                .sum();
    }

    /**
     * Asks each model, by chance within ten minutes, 1,080 short prompts and 120 of which the service counts 1,500
     * tokens each, so that every one of the four limits binds at some time.
     */
    private void askAll(SimulatedPool pool) {
        for (String model : MODELS) {
            for (int number = 0; number < 1_200; number++) {
                Prompt prompt = Prompt.builder()
                        .user("question " + number)
                        .route(model)
                        .maxTokens(number % 10 == 0 ? 1_480 : 60)
                        .build();
                pool.timeline()
                        .schedule(
                                pool.timeline()
                                        .random()
                                        .nextLong(Duration.ofMinutes(10).toNanos()),
                                () -> answers.add(pool.complete(prompt)));
            }
        }
        finish(pool, 2_400);
    }

    /** Runs until all have ended, and returns how many answers are cut. */
    private long finish(SimulatedPool pool, int prompts) {
        pool.timeline().runAll();
        assertThat(answers)
                .hasSize(prompts)
                .allSatisfy(answer -> assertThat(answer).isCompleted());
        return answers.stream().filter(answer -> answer.join().isCut()).count();
    }

    @Test
    void declared_noLimitIsEverRefused_andEachIsUsed() {
        SimulatedPool pool = twoKeys(true);

        askAll(pool);

        assertThat(pool.stats(ServiceKind.GROQ).limits())
                .hasSize(LIMITS.size() * MODELS.size())
                .allSatisfy(limit -> {
                    assertThat(limit.refused()).as("refused for %s", limit).isZero();
                    assertThat(limit.fullest()).as("use of %s", limit).isGreaterThan(limit.amount() * 90 / 100);
                });
        // What headers tell of is then held as they say it is counted; what they don't, by sliding window.
        for (Limit untold : List.of(PER_MINUTE, TOKENS_PER_DAY)) {
            assertThat(stats(pool, untold))
                    .allSatisfy(limit -> assertThat(limit.fullest()).isLessThanOrEqualTo(limit.amount()));
        }
    }

    /** Two refusals a limit are one for each account, whose calls may cross. */
    @Test
    void reportedOnly_whatHeadersTellIsNeverRefused_andWhatProseTellsOnce() {
        SimulatedPool pool = twoKeys(false);

        askAll(pool);

        assertThat(refused(pool, PER_DAY, TOKENS_PER_MINUTE)).isZero();
        for (Limit untold : List.of(PER_MINUTE, TOKENS_PER_DAY)) {
            assertThat(stats(pool, untold))
                    .allSatisfy(
                            limit -> assertThat(limit.refused()).as("%s", limit).isBetween(1L, 2L));
        }
        assertThat(pool.status().accounts().get(0).limits().stream()
                        .filter(limit -> limit.scope().model().equals(Optional.of(MODELS.get(0))))
                        .map(limit -> new Limit(
                                limit.unit(), limit.amount(), limit.window().orElseThrow())))
                .containsExactlyInAnyOrderElementsOf(LIMITS);
    }

    /**
     * The whole burst leaves before anything can be known: at most what may be under way, 64 an account, is refused.
     */
    @Test
    void burstOnALimitThatNobodyTold_isRefusedOnce_andNeverAgain() {
        SimulatedPool pool = twoKeys(false);
        askShort(pool, 0, 10);
        pool.timeline().advance(Duration.ofHours(1));
        askShort(pool, 10, 110);
        pool.timeline().advance(Duration.ofHours(1));
        long first = refused(pool, LIMITS.toArray(Limit[]::new));

        askShort(pool, 110, 300);
        finish(pool, 300);

        assertThat(first).isBetween(1L, 2L * 64);
        assertThat(refused(pool, LIMITS.toArray(Limit[]::new))).isEqualTo(first);
    }

    private void askShort(SimulatedPool pool, int from, int to) {
        for (int number = from; number < to; number++) {
            answers.add(pool.complete(
                    Prompt.builder().user("burst " + number).maxTokens(40).build()));
        }
    }

    /**
     * One key, asked 400 prompts of 64 tokens without a maximum. What Groq counts for an answer when such a prompt
     * arrives isn't documented.
     */
    private static SimulatedPool withoutMaximum(
            long assumed, int answerTokens, boolean declared, OptionalInt maxTokens) {
        return SimulatedPool.builder(7)
                .account(account("groq-1", declared).withModels(MODELS.subList(0, 1)))
                .link(LINK)
                .route(RouteSettings.builder(
                                "default", List.of(new Tier(List.of(new TargetSettings("groq-1", MODELS.get(0))))))
                        .maxTokens(maxTokens)
                        .build())
                .service(
                        ServiceKind.GROQ,
                        service -> service.seed(0)
                                .latency(Latency.uniform(Duration.ofSeconds(2), 0.5))
                                .refusalLatency(Duration.ofMillis(20))
                                .assumedMaxTokens(assumed)
                                .answerLength(new AnswerLength(answerTokens, 0.7)))
                .build();
    }

    private static Prompt.Builder question(int number) {
        return Prompt.builder().user("Question " + number + ". " + "Think! ".repeat(34));
    }

    private long answeredWithin(SimulatedPool pool, int minutes) {
        pool.timeline().advance(Duration.ofMinutes(minutes));
        return answers.stream()
                .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
                .count();
    }

    /**
     * The figures of docs/measured/limits.md. Where what is assumed exceeds the limit, the service takes no prompt
     * without a maximum: each is refused once. A route's maximum is what counts, whatever is assumed.
     */
    @ParameterizedTest(
            name = "{0} assumed, answers of {1}, declared {2}, maximum {3}: {4} in the first minute, {5} in ten")
    @CsvSource({
        "0,     60,   true,  0,    30, 300, 0,   0",
        "0,     400,  true,  0,    30, 300, 0,   0",
        "1024,  60,   true,  0,    14, 80,  0,   0",
        "1024,  1500, true,  0,    7,  75,  0,   0",
        "4096,  400,  false, 0,    3,  20,  3,   0",
        "65536, 60,   true,  0,    2,  12,  400, 0",
        "65536, 1500, true,  0,    2,  12,  400, 4",
        "65536, 60,   true,  200,  30, 300, 0,   6"
    })
    void promptsWithoutAMaximum_areAllAnswered(
            long assumed, int length, boolean declared, int maximum, int first, int ten, int refused, int cut) {
        SimulatedPool pool =
                withoutMaximum(assumed, length, declared, maximum == 0 ? OptionalInt.empty() : OptionalInt.of(maximum));
        for (int number = 0; number < PROMPTS; number++) {
            answers.add(pool.complete(question(number).build()));
        }

        assertThat(answeredWithin(pool, 1)).isEqualTo(first);
        assertThat(answeredWithin(pool, 9)).isEqualTo(ten);
        assertThat(finish(pool, PROMPTS))
                .as("longer than the limit allows at all")
                .isEqualTo(cut);
        assertThat(refused(pool, TOKENS_PER_MINUTE)).isEqualTo(refused);
        assertThat(refused(pool, PER_DAY)).isZero();
        assertThat(refused(pool, PER_MINUTE, TOKENS_PER_DAY)).isBetween(0L, declared ? 0L : 2L);
    }
}
