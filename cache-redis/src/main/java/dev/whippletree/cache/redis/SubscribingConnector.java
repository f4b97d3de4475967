package dev.whippletree.cache.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Makes connections that are subscribed to a channel before they are handed out. Thread-safe. */
final class SubscribingConnector implements RedisConnector {

    private final LettuceConnector connector;
    private final byte[] channel;
    private final Consumer<byte[]> listener;

    /**
     * Creates a connector.
     *
     * @param connector whose client and threads it uses; not closed with this
     * @param listener gets what arrives, on one of Lettuce's threads
     */
    SubscribingConnector(LettuceConnector connector, byte[] channel, Consumer<byte[]> listener) {
        this.connector = connector;
        this.channel = channel;
        this.listener = listener;
    }

    @Override
    public CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
        return connector.connectPubSub().thenCompose(this::subscribe);
    }

    private CompletionStage<StatefulRedisConnection<byte[], byte[]>> subscribe(
            StatefulRedisPubSubConnection<byte[], byte[]> open) {
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

    @Override
    public void close() {}
}
