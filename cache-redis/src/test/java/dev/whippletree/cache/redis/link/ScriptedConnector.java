package dev.whippletree.cache.redis.link;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.mockito.ArgumentCaptor;

/** Attempts to connect that end when the test says so, each with a connection of its own. Confined. */
public final class ScriptedConnector implements RedisConnector {

    final List<CompletableFuture<RedisConnection>> attempts = new ArrayList<>();
    private final List<StatefulRedisConnection<byte[], byte[]>> connections = new ArrayList<>();
    private final List<List<AsyncCommand<byte[], byte[], String>>> questions = new ArrayList<>();
    boolean cluster;
    boolean throwing;
    boolean closed;

    @Override
    public CompletionStage<RedisConnection> connect() {
        CompletableFuture<RedisConnection> attempt = new CompletableFuture<>();
        attempts.add(attempt);
        questions.add(new ArrayList<>());
        connections.add(open(questions.get(questions.size() - 1)));
        if (throwing) {
            throw new IllegalStateException("thrown");
        }
        return attempt;
    }

    @Override
    public void close() {
        closed = true;
    }

    public StatefulRedisConnection<byte[], byte[]> connection(int attempt) {
        return connections.get(attempt);
    }

    public void connect(int attempt) {
        StatefulRedisConnection<byte[], byte[]> open = connection(attempt);
        attempts.get(attempt).complete(new RedisConnection(open, open.async(), cluster));
    }

    void fail(int attempt, RuntimeException reason) {
        attempts.get(attempt).completeExceptionally(reason);
    }

    public void breakConnection(int attempt) {
        ArgumentCaptor<RedisConnectionStateListener> listener =
                ArgumentCaptor.forClass(RedisConnectionStateListener.class);
        verify(connection(attempt)).addListener(listener.capture());
        listener.getValue().onRedisDisconnected((RedisChannelHandler<?, ?>) mock(RedisChannelHandler.class));
    }

    /** Returns the questions that the link has asked by itself. */
    List<AsyncCommand<byte[], byte[], String>> questions(int attempt) {
        return questions.get(attempt);
    }

    @SuppressWarnings("unchecked")
    private static StatefulRedisConnection<byte[], byte[]> open(List<AsyncCommand<byte[], byte[], String>> questions) {
        StatefulRedisConnection<byte[], byte[]> connection = mock(StatefulRedisConnection.class);
        RedisAsyncCommands<byte[], byte[]> commands = mock(RedisAsyncCommands.class);
        when(connection.isOpen()).thenReturn(true);
        when(connection.async()).thenReturn(commands);
        when(commands.ping()).thenAnswer(call -> {
            questions.add(
                    new AsyncCommand<>(new Command<>(CommandType.PING, new StatusOutput<>(ByteArrayCodec.INSTANCE))));
            return questions.get(questions.size() - 1);
        });
        return connection;
    }
}
