package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A refusal's time where prompts use far fewer tokens than they reserve: answers are log-normal, 150 tokens in the
 * middle and 190 on average; some 550 are reserved. A hundred have been answered before, two hundred wait.
 */
final class ForecastOfTokensTest {

    private static final int PROMPT = 50;

    private static EngineFixture waiting(long seed) {
        EngineFixture engine = new EngineFixture();
        SplittableRandom random = new SplittableRandom(seed);
        engine.account("a", "8000 tokens / 1m")
                .counts(Admission.asMade(PROMPT, 2_000))
                .uses(() ->
                        TokenUsage.of(PROMPT, Math.min(2_000, (long) (150 * Math.exp(0.7 * random.nextGaussian())))));
        engine.askMany(100);
        engine.advance(Duration.ofMinutes(20));
        for (int number = 0; number < 200; number++) {
            engine.ask("waiting " + number);
        }
        engine.advance(Duration.ofSeconds(1));
        return engine;
    }

    private static CompletableFuture<Completion> last(EngineFixture engine, Duration deadline) {
        return engine.ask(Prompt.builder().user("the last").deadline(deadline).build());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void refusal_goesByWhatIsCountedInTheEnd_notByWhatIsReserved(long seed) {
        EngineFixture refusing = waiting(seed);
        CompletableFuture<Completion> hurried = last(refusing, Duration.ofMillis(1));
        assertThat(hurried).isCompletedExceptionally();
        Duration said = Duration.between(
                refusing.timeline.now(), failure(hurried).roomAt().orElseThrow());

        EngineFixture patient = waiting(seed);
        CompletableFuture<Completion> answer = last(patient, Duration.ofDays(1));
        patient.run();
        assertThat(answer).isCompleted();
        double waited = answer.join().origin().waited().toNanos();
        assertThat(said.toNanos() / waited)
                .as("a window too early or too late at most, of six")
                .isBetween(0.82, 1.18);
    }
}
