package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A service that limits input and output tokens each: 40,000 and 5,000 a minute. All come at once: first 400 prompts of
 * some 1,000 tokens that are answered with 30, which use up the input, then 400 short ones, answered alike, which use
 * up the output.
 */
@Tag("slow")
final class ApartLimitsTest {

    private static final Limit INPUT = Limit.parse("40000 input-tokens / 1m");
    private static final Limit OUTPUT = Limit.parse("5000 output-tokens / 1m");
    private static final int ANSWER = 30;
    private static final int PROMPTS = 400;
    private static final String TEXT = "Tell me about it. ".repeat(222);

    private static List<CompletableFuture<Completion>> ask(SimulatedPool pool, String text) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < PROMPTS; number++) {
            answers.add(pool.complete(
                    Prompt.builder().user(number + text).maxTokens(2 * ANSWER).build()));
        }
        pool.timeline().runAll();
        return answers;
    }

    private static LimitStats stats(SimulatedPool pool, Limit limit) {
        return pool.stats(ServiceKind.HUGGING_FACE).limits().stream()
                .filter(stats -> stats.limit().equals(limit.toString()))
                .findFirst()
                .orElseThrow();
    }

    private static long usedOf(List<CompletableFuture<Completion>> answers, Limit limit) {
        return answers.stream()
                .mapToLong(answer -> limit.unit() == Limit.Unit.INPUT_TOKENS
                        ? answer.join().usage().orElseThrow().promptTokens()
                        : answer.join().usage().orElseThrow().completionTokens())
                .sum();
    }

    @ParameterizedTest
    @EnumSource(
            value = Counting.class,
            names = {"SLIDING", "FIXED", "BUCKET"})
    void inputAndOutput_areKeptApart_andEachIsUsed(Counting counting) {
        SimulatedPool pool = SimulatedPool.builder(5)
                .account(SimulatedAccount.of(
                        "apart",
                        ServiceKind.HUGGING_FACE,
                        new ServiceLimit(INPUT, counting, false),
                        new ServiceLimit(OUTPUT, counting, false)))
                .service(
                        ServiceKind.HUGGING_FACE,
                        service -> service.answerLength(AnswerLength.about(ANSWER))
                                .latency(Latency.constant(Duration.ofMillis(300))))
                .build();

        check(pool, INPUT, ask(pool, TEXT));
        check(pool, OUTPUT, ask(pool, "?"));
    }

    /** The last window needn't be full, and the first of a fixed window may be cut short. */
    private static void check(SimulatedPool pool, Limit binding, List<CompletableFuture<Completion>> answers) {
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        for (Limit limit : List.of(INPUT, OUTPUT)) {
            assertThat(stats(pool, limit).refused()).as("refused for %s", limit).isZero();
            assertThat(stats(pool, limit).fullest()).as("use of %s", limit).isLessThanOrEqualTo(limit.amount());
        }
        assertThat(stats(pool, binding).fullest()).as("use of %s", binding).isGreaterThan(binding.amount() * 97 / 100);
        assertThat(usedOf(answers, binding)).isGreaterThan(2 * binding.amount());
    }
}
