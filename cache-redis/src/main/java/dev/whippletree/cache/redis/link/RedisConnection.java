package dev.whippletree.cache.redis.link;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * An open connection, to one server or to all nodes of a cluster. Immutable; thread-safe.
 *
 * @param handle to close it and to hear that it broke; of a cluster, it doesn't know of single nodes
 * @param commands what can be asked
 * @param isCluster whether each command goes to the node that has its key
 */
public record RedisConnection(
        StatefulConnection<byte[], byte[]> handle,
        RedisClusterAsyncCommands<byte[], byte[]> commands,
        boolean isCluster) {

    public static RedisConnection toServer(StatefulRedisConnection<byte[], byte[]> open) {
        return new RedisConnection(open, open.async(), false);
    }

    static RedisConnection toCluster(StatefulRedisClusterConnection<byte[], byte[]> open) {
        return new RedisConnection(open, open.async(), true);
    }

    void close() {
        var unused = handle.closeAsync();
    }
}
