package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.Services;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects by one of Lettuce's clients, so set up that nothing waits for a Redis that isn't there. Thread-safe.
 *
 * <p>Lettuce's own reconnecting is off: it would keep commands and send them again later, and it doesn't notice a Redis
 * that takes connections and answers nothing. {@link RedisLink} makes a new connection instead. Lettuce's threads,
 * started by the first attempt, are its own.
 *
 * @param <C> the client
 */
public abstract class LettuceConnector<C extends AbstractRedisClient> implements RedisConnector {

    /** To connect, to log in and to subscribe may each take as long as a command, and this at least. */
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    /** Bounds what a Redis that has stopped answering can pile up; far above what ever waits for one that answers. */
    private static final int MOST_COMMANDS = 10_000;

    private static final int THREADS = 2;

    final RedisSettings settings;

    private final Duration attemptTimeout;
    private @Nullable C client;
    private boolean closed;

    protected LettuceConnector(RedisSettings settings) {
        this.settings = settings;
        Duration timeout = settings.commandTimeout();
        this.attemptTimeout = timeout.compareTo(SHORTEST_ATTEMPT) < 0 ? SHORTEST_ATTEMPT : timeout;
        settings.uris().forEach(uri -> {
            uri.setTimeout(attemptTimeout);
            uri.setClientName("whippletree");
        });
    }

    /** Returns the connector for what the settings name: a server, Sentinels or a cluster. */
    public static LettuceConnector<?> of(RedisSettings settings, Services services) {
        return settings.isCluster() ? new ClusterConnector(settings, services) : new ServerConnector(settings);
    }

    /** Creates the client, with these threads and the {@linkplain #configure options} of all clients. */
    protected abstract C create(ClientResources threads);

    protected abstract CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub();

    /** Returns what should be put right there although it works; empty if nothing. */
    public Optional<String> remark() {
        return Optional.empty();
    }

    /**
     * Makes one attempt to connect and subscribe to a channel, with the same threads. As {@link #connect()}.
     *
     * @param listener gets what arrives, on one of Lettuce's threads
     */
    public final CompletionStage<RedisConnection> connectTo(byte[] channel, Consumer<byte[]> listener) {
        return connectPubSub().thenCompose(open -> {
            open.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] from, byte[] message) {
                    listener.accept(message);
                }
            });
            return open.async()
                    .subscribe(channel)
                    .thenApply(done -> RedisConnection.toServer(open))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            var unused = open.closeAsync();
                        }
                    });
        });
    }

    final synchronized C client() {
        if (closed) {
            throw new IllegalStateException(settings.where() + " is closed");
        }
        C open = client;
        if (open == null) {
            open = create(DefaultClientResources.builder()
                    .ioThreadPoolSize(THREADS)
                    .computationThreadPoolSize(THREADS)
                    .build());
            client = open;
        }
        return open;
    }

    /** Sets the options of all clients. */
    final void configure(ClientOptions.Builder options) {
        settings.sslOptions().ifPresent(options::sslOptions);
        var unused = options.autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_COMMANDS)
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutCommands()
                        .timeoutSource(new Timeouts())
                        .build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(attemptTimeout)
                        .keepAlive(true)
                        .build());
    }

    @Override
    public final synchronized void close() {
        closed = true;
        C open = client;
        if (open != null) {
            var unused = open.shutdownAsync(0, SHORTEST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, failure) -> {
                        var unusedToo = open.getResources().shutdown(0, 0, TimeUnit.MILLISECONDS);
                    });
            client = null;
        }
    }

    private final class Timeouts extends TimeoutOptions.TimeoutSource {

        @Override
        public long getTimeout(RedisCommand<?, ?, ?> command) {
            ProtocolKeyword type = command.getType();
            boolean connects = type == CommandType.SUBSCRIBE || type == CommandType.CLUSTER;
            return (connects ? attemptTimeout : settings.commandTimeout()).toMillis();
        }
    }
}
