package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command to a cluster in virtual time, whose node answers when the test says so. */
class ShardCallTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final RuntimeException MOVING =
            new CompletionException(new RedisCommandExecutionException("TRYAGAIN Multiple keys request"));

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final List<CompletableFuture<String>> attempts = new ArrayList<>();

    private CompletableFuture<String> send() {
        return ShardCall.send(this::attempt, TIMEOUT, services).toCompletableFuture();
    }

    private CompletionStage<String> attempt() {
        attempts.add(new CompletableFuture<>());
        return attempts.get(attempts.size() - 1);
    }

    @Test
    void answer_isTheCommands_andNothingIsSentAgain() {
        CompletableFuture<String> answer = send();
        attempts.get(0).complete("done");
        assertThat(answer).isCompletedWithValue("done");
        timeline.runAll();
        assertThat(attempts).hasSize(1);
    }

    @Test
    void keysThatAreBeingMoved_areAskedForAgain() {
        CompletableFuture<String> answer = send();
        attempts.get(0).completeExceptionally(MOVING);
        timeline.advance(PAUSE.minusNanos(1));
        assertThat(attempts).hasSize(1);
        timeline.advance(Duration.ofNanos(1));
        attempts.get(1).completeExceptionally(MOVING);
        timeline.advance(PAUSE);
        attempts.get(2).complete("done");

        assertThat(answer).isCompletedWithValue("done");
    }

    @Test
    void keysThatAreMovedForTooLong_areATimeout() {
        CompletableFuture<String> answer = send();
        for (int n = 0; n < 20 && !answer.isDone(); n++) {
            attempts.get(n).completeExceptionally(MOVING);
            timeline.advance(PAUSE);
        }

        assertTimedOut(answer);
        assertThat(attempts).hasSize(13);
        timeline.runAll();
        assertThat(attempts).as("nobody waits any more").hasSize(13);
    }

    @Test
    void nodeThatCannotBeConnectedTo_isWaitedForAsLongAsACommandMayTake() {
        CompletableFuture<String> answer = send();
        timeline.advance(TIMEOUT.minusNanos(1));
        assertThat(answer).isNotDone();
        timeline.advance(Duration.ofNanos(1));
        assertTimedOut(answer);
        attempts.get(0).complete("too late");
    }

    @Test
    void commandThatThrows_hasFailed() {
        RedisException thrown = new RedisException("closed");
        CompletableFuture<String> answer = ShardCall.<String>send(
                        () -> {
                            throw thrown;
                        },
                        TIMEOUT,
                        services)
                .toCompletableFuture();
        assertThat(answer).isCompletedExceptionally();
        assertThat(answer.handle((value, failure) -> Cause.of(failure))).isCompletedWithValue(thrown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MOVED 866 10.0.0.7:6379",
                "ASK 866 10.0.0.7:6379",
                "CLUSTERDOWN The cluster is down",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "LOADING Redis is loading the dataset in memory",
                "READONLY You can't write against a read only replica.",
                "MASTERDOWN Link with MASTER is down"
            })
    void whatANodeDoesNotServe_isTheNodesTrouble(String message) {
        assertThat(ShardCall.isNotServed(refusal(message))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OOM command not allowed", "NOPERM no", "WRONGTYPE key", "ERR unknown command"})
    void whatItRefusesItself_isTheCommands(String message) {
        assertThat(ShardCall.isNotServed(refusal(message))).isFalse();
    }

    @Test
    void silence_andABrokenConnection_areTheNodes() {
        assertThat(ShardCall.isNotServed(new TimeoutException("it doesn't answer")))
                .isTrue();
        assertThat(ShardCall.isNotServed(new IOException("the connection broke")))
                .isTrue();
    }

    @Test
    void tooManyCommandsOfThisProcess_areNoNodesTrouble() {
        assertThat(ShardCall.isNotServed(new TooManyCommandsException("too many commands")))
                .isFalse();
    }

    private static RefusedCommandException refusal(String message) {
        return new RefusedCommandException(message, new RedisCommandExecutionException(message));
    }

    private static void assertTimedOut(CompletableFuture<?> answer) {
        assertThat(answer.handle((value, failure) -> Cause.of(failure)))
                .isCompletedWithValueMatching(RedisCommandTimeoutException.class::isInstance, "a timeout");
    }
}
