package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ScriptedConnector;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of what Redis says to a script. */
final class ScriptAnswersTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final RedisSettings settings = RedisSettings.from(Settings.none("coordinator redis"));
    private final CorruptValue corrupt = new CorruptValue(settings, services);
    private final ScriptedConnector connector = new ScriptedConnector();
    private final RedisLink link =
            new RedisLink(settings, new RedisLink.Effect("nothing is shared", "all is shared"), connector, services);
    private final Scripts scripts = new Scripts(link, corrupt);
    private final List<String> asked = new ArrayList<>();
    private final AsyncCommand<byte[], byte[], List<Object>> byDigest = command();
    private final AsyncCommand<byte[], byte[], List<Object>> byText = command();

    private static AsyncCommand<byte[], byte[], List<Object>> command() {
        return new AsyncCommand<>(new Command<>(CommandType.EVAL, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE)));
    }

    @BeforeEach
    @SuppressWarnings("unchecked")
    void connect() {
        link.connect();
        timeline.runAll();
        RedisAsyncCommands<byte[], byte[]> commands = mock(RedisAsyncCommands.class, call -> {
            asked.add(call.getMethod().getName());
            return call.getMethod().getName().equals("evalsha") ? byDigest : byText;
        });
        when(connector.connection(0).async()).thenReturn(commands);
        connector.connect(0);
    }

    private CompletableFuture<List<Object>> beat() {
        return scripts.multi(Script.BEAT, List.of()).toCompletableFuture();
    }

    private static void assertFailed(CompletionStage<?> stage, Class<? extends Throwable> type, String message) {
        assertThat(stage.handle((value, failure) -> Cause.of(failure)))
                .isCompletedWithValueMatching(
                        failure -> type.isInstance(failure) && message.equals(failure.getMessage()), message);
    }

    @Test
    void valuesThatAScriptIgnored_areCounted_allOfThem() {
        CompletableFuture<List<Object>> beat = beat();
        byDigest.complete(List.of(List.of(7L, 2L), 3L, "odd".getBytes(UTF_8)));
        assertThat(beat).isCompletedWithValue(List.of(7L, 2L));
        assertThat(corrupt.sentence()).get().asString().contains("3 values in Redis", "(last: odd)");
        assertThat(asked).containsExactly("evalsha");
    }

    @Test
    void scriptThatRedisDoesNotKnow_isGivenToItAsText() {
        CompletableFuture<Long> number = scripts.number(Script.CLAIM, List.of()).toCompletableFuture();
        byDigest.completeExceptionally(new RedisNoScriptException("NOSCRIPT"));
        assertThat(number).isNotDone();
        byText.complete(List.of(5L));
        assertThat(number).isCompletedWithValue(5L);
        assertThat(asked).containsExactly("evalsha", "eval");
        assertThat(corrupt.sentence()).isEmpty();
    }

    @Test
    void refusal_isToldInRedissWords_fitForATerminal() {
        CompletableFuture<List<Object>> beat = beat();
        byDigest.completeExceptionally(new RedisCommandExecutionException("OOM \u001b full"));
        assertFailed(beat, RefusedCommandException.class, "OOM   full");
        assertThat(asked).containsExactly("evalsha");
    }

    /** A burst of this process says nothing about Redis: the contact goes on ({@code ContactTest}). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Request queue size exceeded: 10000. Commands are not accepted until the queue size drops.",
                "Command buffer size exceeded: 10000. Commands are not accepted until the queue size drops.",
                "Internal stack size exceeded: 10000. Commands are not accepted until the stack size drops."
            })
    void commandThatLettuceDoesNotTake_becauseTooManyAreUnderWay_isNobodyElsesTrouble(String words) {
        CompletableFuture<List<Object>> beat = beat();
        byDigest.completeExceptionally(new RedisException(words));
        assertFailed(beat, TooManyCommandsException.class, "too many commands of this process are under way");
    }

    @Test
    void silence_isATimeout_andALostConnectionIsNamed() {
        CompletableFuture<List<Object>> beat = beat();
        byDigest.completeExceptionally(new RedisCommandTimeoutException("Command timed out"));
        assertFailed(beat, TimeoutException.class, "it doesn't answer within the command-timeout of 250 ms");
        connector.breakConnection(0);
        assertFailed(
                beat(),
                RedisUnavailableException.class,
                "coordinator redis: Redis at localhost:6379 can't be used (the connection broke)");
    }
}
