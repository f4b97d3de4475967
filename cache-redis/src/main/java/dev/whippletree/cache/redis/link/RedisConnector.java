package dev.whippletree.cache.redis.link;

import java.util.concurrent.CompletionStage;

/** Makes connections. Thread-safe. */
public interface RedisConnector {

    /** Makes one attempt to connect and log in. May take a while to begin; ends within seconds. */
    CompletionStage<RedisConnection> connect();

    /** Closes all connections and frees what is held, if that is this one's. Doesn't wait. */
    default void close() {}
}
