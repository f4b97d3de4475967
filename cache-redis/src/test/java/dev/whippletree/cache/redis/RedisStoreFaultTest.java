package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ScriptedConnector;
import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reports what fails: the store's link, or the engine. */
final class RedisStoreFaultTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final ScriptedConnector connector = new ScriptedConnector();

    /** Opens a store whose look-ups fail so. */
    @SuppressWarnings("unchecked")
    private RedisStore open(String uri, RuntimeException said) {
        RedisSettings settings = RedisSettings.from(new Settings("cache redis", Map.of("uri", uri)));
        RedisLink link = new RedisLink(settings, new RedisLink.Effect("away", "back"), connector, services);
        RedisStore store = new RedisStore(settings, link, services);
        link.connect();
        timeline.runAll();
        RedisAsyncCommands<byte[], byte[]> commands = mock(RedisAsyncCommands.class);
        when(commands.get(any(byte[].class))).thenAnswer(call -> {
            AsyncCommand<byte[], byte[], byte[]> get =
                    new AsyncCommand<>(new Command<>(CommandType.GET, new ValueOutput<>(ByteArrayCodec.INSTANCE)));
            get.completeExceptionally(said);
            return get;
        });
        when(commands.ping()).thenAnswer(call -> {
            AsyncCommand<byte[], byte[], String> pong =
                    new AsyncCommand<>(new Command<>(CommandType.PING, new StatusOutput<>(ByteArrayCodec.INSTANCE)));
            pong.complete("PONG");
            return pong;
        });
        when(connector.connection(0).async()).thenReturn(commands);
        connector.connect(0);
        return store;
    }

    private static Throwable fault(RedisStore store) {
        CompletableFuture<?> found = store.get(Samples.key("t", "q")).toCompletableFuture();
        return Cause.of(Objects.requireNonNull(catchThrowable(found::join)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://host:6379", "redis-cluster://host:6379"})
    void refusal_isTheEnginesToReport(String uri) {
        assertThat(fault(open(uri, new RedisCommandExecutionException("OOM command not allowed"))))
                .isInstanceOf(RefusedCommandException.class)
                .hasMessage("OOM command not allowed");
    }

    static List<Arguments> faults() {
        return List.of(
                Arguments.of(
                        new RedisCommandTimeoutException("Command timed out"),
                        "it doesn't answer within the command-timeout of 250 ms"),
                Arguments.of(new RedisException("Invalid first byte: 33"), "Invalid first byte: 33"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void lateAnswer_andGarbage_areTheEnginesToReport_becauseTheLinkDoesNot(RuntimeException said, String words) {
        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            assertThat(fault(open("redis://host:6379", said)))
                    .isNotInstanceOf(ReportedFaultException.class)
                    .hasMessage("cache redis: Redis at host:6379 can't be used (" + words + ")");
            assertThat(log.ofThisThread()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://host:6379", "redis-cluster://host:6379"})
    void commandAfterClose_saysThatTheCacheIsClosed(String uri) {
        RedisStore store = open(uri, new RedisException("Connection closed"));
        store.close();
        assertThat(fault(store)).hasMessage("cache redis is closed");
    }

    @Test
    void lostNode_isTheEnginesToReport_becauseTheClusterIsThere() {
        assertThat(fault(open("redis-cluster://host:6379", new RedisException("Connection closed"))))
                .isNotInstanceOf(ReportedFaultException.class)
                .hasMessage("cache redis: a shard of Redis at cluster host:6379 can't be used (the connection broke)");
    }
}
