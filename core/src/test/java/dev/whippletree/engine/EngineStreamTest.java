package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AnswerEnd;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class EngineStreamTest {

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a", "1000 / 1s");

    private CompletableFuture<Completion> stream() {
        return fixture.engine().submit(Prompt.of("q"), true);
    }

    /** Sends a piece after each of the pauses, and ends with the last. */
    private ScriptedClient.Behaviour pieces(Duration... pauses) {
        return (prompt, model, sink) -> {
            sink.sent();
            Duration at = Duration.ZERO;
            for (int index = 0; index < pauses.length; index++) {
                at = at.plus(pauses[index]);
                boolean last = index == pauses.length - 1;
                String text = "piece " + index + ";";
                fixture.timeline.schedule(at.toNanos(), () -> {
                    sink.delta(new Delta.Text(text));
                    if (last) {
                        sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                    }
                });
            }
            return () -> {};
        };
    }

    @Test
    void piecesThatKeepComing_mayTakeLongerThanAnyOneTimeout() {
        Duration pause = Duration.ofSeconds(14);
        client.then(pieces(pause, pause, pause, pause));
        CompletableFuture<Completion> answer = stream();
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("piece 0;piece 1;piece 2;piece 3;");
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void noFirstToken_timesOutAfterThirtySeconds() {
        client.then(client.hangs());
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(29));
        assertThat(client.cancelled()).isZero();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(fixture.status("a").failures()).containsEntry(FailureKind.TIMEOUT, 1L);
    }

    @Test
    void stalled_timesOutFifteenSecondsAfterTheLastPiece_andNothingPartialIsGiven() {
        client.then((prompt, model, sink) -> {
            sink.sent();
            fixture.timeline.schedule(Duration.ofSeconds(20).toNanos(), () -> sink.delta(new Delta.Text("half an")));
            return () -> {};
        });
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(34));
        assertThat(client.cancelled()).isZero();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
    }

    @Test
    void notStreamed_hasNoFirstTokenTimeout() {
        client.then(client.answersAfter(Duration.ofSeconds(100)));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void streamThatNeverEnds_isBoundedByTheWholeTimeout() {
        Duration[] pauses = new Duration[20];
        Arrays.fill(pauses, Duration.ofSeconds(10));
        client.then(pieces(pauses));
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(121));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
    }

    @Test
    void answered_leavesNoTimerBehind() {
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        assertThat(fixture.timeline.runNext()).isFalse();
    }
}
