package dev.whippletree.cache.redis.link;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Connects to a server, or to the master that Sentinels name. Thread-safe. */
final class ServerConnector extends LettuceConnector<RedisClient> {

    ServerConnector(RedisSettings settings) {
        super(settings);
    }

    @Override
    protected RedisClient create(ClientResources threads) {
        ClientOptions.Builder options = ClientOptions.builder();
        configure(options);
        RedisClient client = RedisClient.create(threads);
        client.setOptions(options.build());
        return client;
    }

    /** A server that loads its data takes connections, and isn't back yet. */
    @Override
    public CompletionStage<RedisConnection> connect() {
        return client().connectAsync(ByteArrayCodec.INSTANCE, settings.uris().get(0))
                .thenCompose(open -> open.async().ping().handle((pong, failure) -> {
                    if (failure instanceof RedisLoadingException) {
                        var unused = open.closeAsync();
                        throw new CompletionException(failure);
                    }
                    return RedisConnection.toServer(open);
                }));
    }

    @Override
    protected CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub() {
        return client().connectPubSubAsync(
                        ByteArrayCodec.INSTANCE, settings.uris().get(0));
    }
}
