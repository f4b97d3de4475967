package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class EngineCloseTest {

    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Duration LATENCY = Duration.ofMillis(100);

    private final EngineFixture fixture = new EngineFixture();

    @Test
    void nothingUnderWay_isClosedAtOnce() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
    }

    @Test
    void lastAnswerIsBeingStored_isClosedOnceItIs() {
        fixture.account("a", "10 / 1s");
        fixture.cache("slow", new ScriptedCache(fixture.timeline).latency(LATENCY));
        fixture.ask("q");
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(LATENCY.multipliedBy(3).minusMillis(1));
        assertThat(closed).isNotDone();
        fixture.advance(Duration.ofMillis(1));
        assertThat(closed).isCompleted();
    }

    @Test
    void lastPromptIsCancelled_isClosedThen() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(LATENCY);
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(LATENCY);
        answer.cancel(true);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
    }

    @Test
    void lastPromptsDeadlinePasses_isClosedThen() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.hangs());
        fixture.ask(Prompt.builder().user("q").deadline(LATENCY).build());
        CompletableFuture<Void> closed = fixture.engine().close(GRACE);
        fixture.advance(LATENCY);
        assertThat(closed).isCompleted();
    }

    @Test
    void graceOfZero_endsAllAtOnce_inLineAttemptedOrPausing() {
        ScriptedClient client = fixture.account("a", "3 / 60s");
        client.then(client.hangs());
        client.then(client.failsAfter(Duration.ofMillis(1), FailureKind.UNAVAILABLE));
        client.usually(client.hangs());
        var answers = fixture.askMany(6);
        fixture.advance(Duration.ofMillis(2));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ZERO);
        fixture.advance(Duration.ZERO);
        assertThat(closed).isCompleted();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(failure(answer).reason()).isEqualTo(Reason.CLOSED));
        int calls = client.calls();
        fixture.run();
        assertThat(client.calls()).isEqualTo(calls);
        assertThat(fixture.status().inFlight()).isZero();
        assertThat(fixture.status().waiting()).isZero();
    }

    @Test
    void graceOfForever_isNoMistake() {
        fixture.account("a", "10 / 1s");
        fixture.ask("q");
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(Long.MAX_VALUE));
        fixture.advance(LATENCY);
        assertThat(closed).isCompleted();
    }
}
