package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.time.VirtualTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How soon a limit of 8,000 tokens a minute is used, of which nothing has been learned: answers take eleven seconds and
 * have some 60 tokens, of 2,000 at most. Were all of those reserved until 59 have been counted, three prompts would go
 * at once, and a quarter of the limit would be used for three minutes.
 */
final class ColdTokensTest {

    private static final long LIMIT = 8_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int PROMPT = 50;
    private static final int BOUND = 2_000;

    private final VirtualTimeline timeline = new VirtualTimeline(42);
    private final SplittableRandom random = new SplittableRandom(7);

    @TempDir
    private Path folder;

    private long used;

    private EngineFixture life() {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = life.account("a", LIMIT + " tokens / 1m");
        client.counts(Admission.asMade(PROMPT, BOUND))
                .usually((prompt, model, sink) -> receive(client, prompt, model, sink));
        return life;
    }

    private Cancellable receive(ScriptedClient client, Prompt prompt, String model, AttemptSink sink) {
        long made = Math.round(60 * Math.exp(0.1 * random.nextGaussian()));
        used += PROMPT + made;
        return client.later(Duration.ofMillis(10_000 + made * 20), (asked, by, told) -> {
                    told.firstByte();
                    told.delta(new Delta.Text("answer"));
                    told.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(PROMPT, made)), by));
                    return () -> {};
                })
                .run(prompt, model, sink);
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

    @Test
    void firstAnswers_letMoreGoAtOnce_andANewProcessKnowsThemFromTheStart() {
        EngineFixture cold = life();
        assertThat(threeMinutes(cold))
                .as("cold")
                .allSatisfy(share -> assertThat(share).isBetween(0.7, 1.0));
        CompletableFuture<Void> closed = cold.engine().close(Duration.ZERO);
        timeline.advance(Duration.ofMinutes(2));
        assertThat(closed).isCompleted();

        assertThat(threeMinutes(life()).get(0)).as("from the state folder").isBetween(0.9, 1.0);
    }
}
