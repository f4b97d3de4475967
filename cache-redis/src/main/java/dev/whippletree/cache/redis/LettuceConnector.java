package dev.whippletree.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects by Lettuce, so set up that nothing waits for a Redis that isn't there. Thread-safe.
 *
 * <p>Lettuce's own reconnecting is off: it would keep commands and send them again later, and it doesn't notice a Redis
 * that takes connections and answers nothing. {@link RedisLink} makes a new connection instead. Lettuce's threads,
 * started by the first attempt, are its own.
 */
final class LettuceConnector implements RedisConnector {

    /** To connect, and again to log in, may take as long as a command, within these bounds. */
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

    /** Bounds what a Redis that has stopped answering can pile up; far above what ever waits for one that answers. */
    private static final int MOST_COMMANDS = 10_000;

    private static final int THREADS = 2;

    private final RedisSettings settings;
    private final Duration attemptTimeout;
    private @Nullable RedisClient client;
    private @Nullable ClientResources resources;
    private boolean closed;

    LettuceConnector(RedisSettings settings) {
        this.settings = settings;
        this.attemptTimeout = attemptTimeout(settings.commandTimeout());
    }

    private static Duration attemptTimeout(Duration commandTimeout) {
        if (commandTimeout.compareTo(SHORTEST_ATTEMPT) < 0) {
            return SHORTEST_ATTEMPT;
        }
        return commandTimeout.compareTo(LONGEST_ATTEMPT) < 0 ? commandTimeout : LONGEST_ATTEMPT;
    }

    @Override
    public CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
        return client().connectAsync(ByteArrayCodec.INSTANCE, uri());
    }

    /**
     * Makes one attempt to connect and subscribe to a channel, with the same threads. As {@link #connect()}.
     *
     * @param listener gets what arrives, on one of Lettuce's threads
     */
    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectTo(byte[] channel, Consumer<byte[]> listener) {
        return client().connectPubSubAsync(ByteArrayCodec.INSTANCE, uri())
                .thenCompose(open -> subscribe(open, channel, listener));
    }

    private static CompletionStage<StatefulRedisConnection<byte[], byte[]>> subscribe(
            StatefulRedisPubSubConnection<byte[], byte[]> open, byte[] channel, Consumer<byte[]> listener) {
        open.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                listener.accept(message);
            }
        });
        return open.async()
                .subscribe(channel)
                .<StatefulRedisConnection<byte[], byte[]>>thenApply(done -> open)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        var unused = open.closeAsync();
                    }
                });
    }

    private RedisURI uri() {
        RedisURI uri = settings.redisUri();
        uri.setTimeout(attemptTimeout);
        uri.setClientName("whippletree");
        return uri;
    }

    private synchronized RedisClient client() {
        if (closed) {
            throw new IllegalStateException(settings.where() + " is closed");
        }
        if (client == null) {
            resources = DefaultClientResources.builder()
                    .ioThreadPoolSize(THREADS)
                    .computationThreadPoolSize(THREADS)
                    .build();
            client = RedisClient.create(resources);
            client.setOptions(options());
        }
        return client;
    }

    private ClientOptions options() {
        ClientOptions.Builder options = ClientOptions.builder();
        settings.sslOptions().ifPresent(options::sslOptions);
        return options.autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_COMMANDS)
                .timeoutOptions(
                        TimeoutOptions.builder().timeoutSource(new Timeouts()).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(attemptTimeout)
                        .keepAlive(true)
                        .build())
                .build();
    }

    @Override
    public synchronized void close() {
        closed = true;
        ClientResources held = resources;
        if (client != null && held != null) {
            var unused = client.shutdownAsync(0, SHORTEST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, failure) -> {
                        var unusedToo = held.shutdown(0, 0, TimeUnit.MILLISECONDS);
                    });
            client = null;
            resources = null;
        }
    }

    /** To subscribe is part of an attempt to connect, which must end within seconds however long commands may take. */
    private final class Timeouts extends TimeoutOptions.TimeoutSource {

        @Override
        public long getTimeout(RedisCommand<?, ?, ?> command) {
            return (command.getType() == CommandType.SUBSCRIBE ? attemptTimeout : settings.commandTimeout()).toNanos();
        }

        @Override
        public TimeUnit getTimeUnit() {
            return TimeUnit.NANOSECONDS;
        }
    }
}
