package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The hardest service for a reservation of what completions usually need: it knows how long an answer will be when the
 * prompt arrives, and refuses one that would exceed 8,000 tokens in any minute. Answers are log-normal, 150 tokens in
 * the middle, a twentieth beyond 480, with a maximum of 2,000. All 2,000 prompts come at once. Fewer than 1 % of the
 * calls are refused, and the limit is used to four fifths or more, but for the end; reserving the maximum would leave
 * it at 69 %.
 */
@Tag("slow")
final class StrictTokensTest {

    private static final long LIMIT = 8_000;
    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int PROMPT = 50;
    private static final int BOUND = 2_000;

    private final EngineFixture fixture = new EngineFixture();
    private final Deque<long[]> counted = new ArrayDeque<>();
    private int refused;

    private Cancellable receive(SplittableRandom random, ScriptedClient client, String model, AttemptSink sink) {
        long now = fixture.timeline.nanoTime();
        long made = Math.min(BOUND, (long) (150 * Math.exp(0.7 * random.nextGaussian())));
        while (!counted.isEmpty() && counted.getFirst()[0] <= now - WINDOW_NANOS) {
            counted.removeFirst();
        }
        long used = counted.stream().mapToLong(use -> use[1]).sum();
        if (used + PROMPT + made > LIMIT) {
            refused++;
            return client.failsAfter(
                            Duration.ofMillis(10),
                            ScriptedClient.limited(FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION))
                    .run(Prompt.of("q"), model, sink);
        }
        counted.addLast(new long[] {now, PROMPT + made});
        return client.later(Duration.ofMillis(500 + made * 10), (prompt, asked, told) -> {
                    told.firstByte();
                    told.delta(new Delta.Text("answer"));
                    told.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(PROMPT, made)), asked));
                    return () -> {};
                })
                .run(Prompt.of("q"), model, sink);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void strictService_refusesFewCalls_andIsUsed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ScriptedClient client = fixture.account("a", LIMIT + " tokens / 1m");
        client.counts(Admission.asMade(PROMPT, BOUND))
                .usually((prompt, model, sink) -> receive(random, client, model, sink));

        List<CompletableFuture<Completion>> answers = fixture.askMany(2_000);
        fixture.run();

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(refused).as("refused calls").isLessThan(20);
        double ofLimit = fixture.status("a").tokens().total() / (minutes() * LIMIT);
        assertThat(ofLimit).as("share of the limit used").isGreaterThan(0.78);
    }

    private double minutes() {
        return (double) fixture.timeline.nanoTime() / WINDOW_NANOS;
    }
}
