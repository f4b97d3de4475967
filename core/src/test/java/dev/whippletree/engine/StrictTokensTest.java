package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.ServiceModel;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.time.VirtualTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit of 8,000 tokens a minute, of which prompts of 50 tokens reserve what their completions usually need. */
final class StrictTokensTest {

    private static final long LIMIT = 8_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int PROMPT = 50;
    private static final int BOUND = 2_000;

    private final VirtualTimeline timeline = new VirtualTimeline(42);
    private final EngineFixture fixture = new EngineFixture(timeline);
    private final ServiceModel service = new ServiceModel.Sliding(LIMIT, MINUTE.toNanos());
    private int refused;
    private long used;

    private static ScriptedClient account(EngineFixture engine) {
        return engine.account("a", LIMIT + " tokens / 1m").counts(Admission.asMade(PROMPT, BOUND));
    }

    /** Log-normal, 150 tokens in the middle and 190 on average, a twentieth beyond 480, 2,000 at most. */
    private static LongSupplier lengths(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> Math.min(BOUND, (long) (150 * Math.exp(0.7 * random.nextGaussian())));
    }

    /** It knows how long an answer will be when the prompt arrives, and refuses one that would exceed the limit. */
    private ScriptedClient.Behaviour strict(ScriptedClient client, LongSupplier lengths) {
        return (prompt, model, sink) -> {
            long made = lengths.getAsLong();
            if (service.remaining(timeline.nanoTime()) < PROMPT + made) {
                refused++;
                return client.limits(
                                Duration.ofMillis(10),
                                FailureKind.RATE_LIMITED,
                                Duration.ofSeconds(1),
                                Reach.ORGANIZATION)
                        .run(prompt, model, sink);
            }
            service.arrive(PROMPT + made, timeline.nanoTime());
            return answers(client, Duration.ofMillis(500 + made * 10), made).run(prompt, model, sink);
        };
    }

    private static ScriptedClient.Behaviour answers(ScriptedClient client, Duration latency, long made) {
        return client.endsAfter(latency, FinishReason.STOP, Optional.of(TokenUsage.of(PROMPT, made)));
    }

    /**
     * All prompts come at once. Fewer than 1 % of the calls are refused, and the limit is used to four fifths or more,
     * but for the end; reserving the maximum would leave it at 69 %.
     */
    @Tag("slow")
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void strictService_refusesFewCalls_andIsUsed(long seed) {
        ScriptedClient client = account(fixture);
        client.usually(strict(client, lengths(seed)));
        List<CompletableFuture<Completion>> answers = fixture.askMany(2_000);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(refused).as("refused calls").isLessThan(20);
        double minutes = (double) timeline.nanoTime() / MINUTE.toNanos();
        double ofLimit = fixture.status("a").tokens().total() / (minutes * LIMIT);
        assertThat(ofLimit).as("share of the limit used").isGreaterThan(0.78);
    }

    /**
     * Answers take eleven seconds and have some 60 tokens. Were all of the bound reserved until 59 have been counted,
     * three prompts would go at once, and a quarter of the limit would be used for three minutes.
     */
    @Test
    void firstAnswers_letMoreGoAtOnce_andANewProcessKnowsThemFromTheStart(@TempDir Path folder) {
        SplittableRandom random = new SplittableRandom(7);
        EngineFixture cold = life(folder, random);
        assertThat(threeMinutes(cold))
                .as("cold")
                .allSatisfy(share -> assertThat(share).isBetween(0.7, 1.0));
        CompletableFuture<Void> closed = cold.engine().close(Duration.ZERO);
        timeline.advance(Duration.ofMinutes(2));
        assertThat(closed).isCompleted();
        assertThat(threeMinutes(life(folder, random)).get(0))
                .as("from the state folder")
                .isBetween(0.9, 1.0);
    }

    private EngineFixture life(Path folder, SplittableRandom random) {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = account(life);
        client.usually((prompt, model, sink) -> {
            long made = Math.round(60 * Math.exp(0.1 * random.nextGaussian()));
            used += PROMPT + made;
            return answers(client, Duration.ofMillis(10_000 + made * 20), made).run(prompt, model, sink);
        });
        return life;
    }

    /** Returns the share of the limit that is used in each of three minutes, with a thousand prompts to answer. */
    private List<Double> threeMinutes(EngineFixture life) {
        life.askMany(1_000);
        List<Double> shares = new ArrayList<>();
        for (int minute = 0; minute < 3; minute++) {
            used = 0;
            timeline.advance(MINUTE);
            shares.add((double) used / LIMIT);
        }
        return shares;
    }

    /** Some 550 tokens are reserved. A hundred prompts have been answered before, two hundred wait. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void refusal_goesByWhatIsCountedInTheEnd_notByWhatIsReserved(long seed) {
        EngineFixture refusing = waiting(seed);
        CompletableFuture<Completion> hurried = last(refusing, Duration.ofMillis(1));
        Duration said = Duration.between(
                refusing.timeline.now(), failure(hurried).roomAt().orElseThrow());
        EngineFixture patient = waiting(seed);
        CompletableFuture<Completion> answer = last(patient, Duration.ofDays(1));
        patient.run();
        double waited = answer.join().origin().waited().toNanos();
        assertThat(said.toNanos() / waited)
                .as("a window too early or too late at most, of six")
                .isBetween(0.82, 1.18);
    }

    private static EngineFixture waiting(long seed) {
        EngineFixture engine = new EngineFixture();
        LongSupplier lengths = lengths(seed);
        account(engine).uses(() -> TokenUsage.of(PROMPT, lengths.getAsLong()));
        engine.askMany(100);
        engine.advance(Duration.ofMinutes(20));
        engine.askMany("waiting ", 200);
        engine.advance(Duration.ofSeconds(1));
        return engine;
    }

    private static CompletableFuture<Completion> last(EngineFixture engine, Duration deadline) {
        return engine.ask(Prompt.builder().user("the last").deadline(deadline).build());
    }
}
