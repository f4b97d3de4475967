package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Groq, whose limits don't count tokens that it has cached: it counts the whole prompt until the answer is there, and
 * gives those back then. The prompts have 1,500 tokens in common and 20 of their own; a call is counted with some 130
 * tokens in the end.
 */
@Tag("slow")
final class CachedPromptsTest {

    private static final String COMMON = "One thing that we all know. ".repeat(1_500 * 4 / 28);
    private static final int BOUND = 20;

    private static SimulatedPool pool(long seed, Limit limit, boolean declared, Duration latency) {
        SimulatedAccount account = SimulatedAccount.of("groq", ServiceKind.GROQ, ServiceLimit.bucket(limit));
        return SimulatedPool.builder(seed)
                .account(declared ? account : account.undeclared())
                .service(
                        ServiceKind.GROQ,
                        service -> service.promptCache(Duration.ofMinutes(10)).latency(Latency.uniform(latency, 0.5)))
                .link(new Link(Duration.ofMillis(5), Duration.ofMillis(80), 0))
                .build();
    }

    private static List<CompletableFuture<Completion>> ask(SimulatedPool pool, int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            answers.add(pool.complete(Prompt.builder()
                    .user(COMMON + "But what about " + number + "? Please be brief in what you say.")
                    .maxTokens(BOUND)
                    .build()));
        }
        return answers;
    }

    /** Returns what the service counted in the end for those that are answered. */
    private static long counted(List<CompletableFuture<Completion>> answers) {
        return answers.stream()
                .filter(CompletableFuture::isDone)
                .map(answer -> answer.join().usage().orElse(TokenUsage.NONE))
                .mapToLong(usage -> usage.promptTokens() - usage.cachedPromptTokens() + BOUND)
                .sum();
    }

    /** The minute's limit is told by headers, the day's by nothing: it is what is declared that is counted. */
    @ParameterizedTest
    @CsvSource({
        "8000 tokens / 1m, true, PT1H, 1, PT1S",
        "8000 tokens / 1m, false, PT1H, 1, PT1S",
        "200000 tokens / 1d, true, PT23H, 0, PT1S",
        "200000 tokens / 1d, true, PT23H, 0, PT10S"
    })
    void whatIsCached_isGivenBack_soThatTheLimitIsUsed(
            String text, boolean declared, Duration time, int fillings, Duration latency) {
        Limit limit = Limit.parse(text);
        SimulatedPool pool = pool(3, limit, declared, latency);
        List<CompletableFuture<Completion>> answers = ask(pool, 5_000);

        pool.timeline().advance(time);

        double windows = Math.max(1, (double) time.toNanos() / limit.window().toNanos());
        assertThat(pool.stats(ServiceKind.GROQ).limits())
                .allSatisfy(stats -> assertThat(stats.refused()).isZero());
        assertThat(counted(answers) / (limit.amount() * (windows + fillings)))
                .as("share used of %s", limit)
                .isGreaterThan(0.98);
    }

    /** In five minutes there is room for 360 of them; by what is reserved for each there seemed to be room for 30. */
    @Test
    void promptsThatCanBeAnsweredInTime_areNotRefusedForWhatIsGivenBack() {
        SimulatedPool pool = pool(3, Limit.parse("8000 tokens / 1m"), true, Duration.ofSeconds(1));
        ask(pool, 200);
        pool.timeline().advance(Duration.ofMinutes(10));

        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            answers.add(pool.complete(Prompt.builder()
                    .user(COMMON + "And what about " + number + "? Please be brief in what you say.")
                    .maxTokens(BOUND)
                    .deadline(Duration.ofMinutes(5))
                    .build()));
        }
        pool.timeline().runAll();

        assertThat(answers.stream()
                        .filter(answer -> !answer.isCompletedExceptionally())
                        .count())
                .isGreaterThan(290);
    }
}
