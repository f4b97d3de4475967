package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.Services;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Connects to all nodes of a cluster, or to one of them for notices, which reach all. Thread-safe.
 *
 * <p>Each attempt reads anew which node has which slots. Between attempts, a node that redirects a command makes
 * Lettuce read that again.
 */
final class ClusterConnector extends LettuceConnector<RedisClusterClient> {

    private static final Duration BETWEEN_REFRESHES = Duration.ofSeconds(1);

    private final Services services;
    private volatile @Nullable RedisClusterClient connected;
    private long refreshedNanos;

    ClusterConnector(RedisSettings settings, Services services) {
        super(settings);
        this.services = services;
        this.refreshedNanos = services.nanoTime();
    }

    @Override
    protected RedisClusterClient create(ClientResources threads) {
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        configure(options);
        // A node is connected when it is first asked; ShardCall bounds how long commands wait for that.
        options.disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS);
        RedisClusterClient client = RedisClusterClient.create(threads, settings.uris());
        client.setOptions(options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(BETWEEN_REFRESHES)
                        .build())
                // Slots may move to a node that has just come.
                .validateClusterNodeMembership(false)
                .build());
        return client;
    }

    @Override
    public CompletionStage<RedisConnection> connect() {
        RedisClusterClient cluster = client();
        return cluster.refreshPartitionsAsync()
                .thenCompose(read -> cluster.connectAsync(ByteArrayCodec.INSTANCE))
                .thenApply(open -> {
                    connected = cluster;
                    return RedisConnection.toCluster(open);
                });
    }

    /**
     * A slot that nobody serves may never be asked for here; so while there is one, the topology is read anew, but once
     * a second at most.
     */
    @Override
    public Optional<String> remark() {
        RedisClusterClient cluster = connected;
        if (cluster == null) {
            return Optional.empty();
        }
        Partitions nodes = cluster.getPartitions();
        long unserved = IntStream.range(0, SlotHash.SLOT_COUNT)
                .filter(slot -> nodes.getMasterBySlot(slot) == null)
                .count();
        if (unserved == 0) {
            return Optional.empty();
        }
        refresh(cluster);
        return Optional.of(settings.where() + ": no node of Redis at " + settings.address() + " serves " + unserved
                + " of all 16,384 slots, and what belongs there isn't shared; " + Remedy.of("CLUSTERDOWN", settings));
    }

    private synchronized void refresh(RedisClusterClient cluster) {
        long now = services.nanoTime();
        if (now - refreshedNanos >= BETWEEN_REFRESHES.toNanos()) {
            refreshedNanos = now;
            var unused = cluster.refreshPartitionsAsync();
        }
    }

    @Override
    protected CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub() {
        RedisClusterClient cluster = client();
        return cluster.refreshPartitionsAsync()
                .thenCompose(read -> cluster.connectPubSubAsync(ByteArrayCodec.INSTANCE))
                .thenApply(open -> open);
    }
}
