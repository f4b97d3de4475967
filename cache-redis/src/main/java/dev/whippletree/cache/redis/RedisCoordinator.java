package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.CoordinationSettings;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * The coordinator {@code redis}, on a Redis server (5 or later), on a master that Sentinels name, or on a cluster
 * (Redis Cluster or Valkey Cluster). Of a cluster, each organization's limits are on one shard; one that can't be asked
 * is, for its organizations, as if Redis were away, and after a failover it can lack what it was told last.
 *
 * <p>Redis counts limits, by its own clock only, as sliding windows of dated uses, and of blocks: what processes have
 * in flight or may start without asking. No stretch of time as long as a limit's window sees more than its amount,
 * whatever processes start, die, or pause. Redis may be away at any time, even at the start: the process then grants
 * its own share of each limit, and tells its uses as soon as Redis is back. If Redis comes back empty, all processes
 * restore what was lost.
 *
 * <p>Such a share keeps the limit only as far as the others' uses are known, and if the others are cut off as well. It
 * can lack what they were granted within two seconds before Redis was lost. Processes that still reach Redis leave no
 * share to one that doesn't. So until the command timeout has passed since the missing answer, each reservation is
 * postponed for a moment; a process that is cut off alone for longer may exceed the limit by its share of what was
 * left. If the number of processes was never known and the setting {@code processes} doesn't state it, a share
 * guarantees nothing. A process that has never asked before, and is the first to reach a Redis that has lost its data,
 * can't know of that loss until the others have come back, which takes about a second.
 *
 * <p>Its keys must not be evicted: use {@code maxmemory-policy noeviction}, or a Redis without {@code maxmemory}.
 *
 * <p>No password is logged, with the exception that {@link RedisCache} names.
 */
public final class RedisCoordinator implements Coordinator {

    /** Creates the kind. */
    public RedisCoordinator() {}

    /** Returns {@code redis}. */
    @Override
    public String name() {
        return "redis";
    }

    /** Returns those of {@link RedisCache}, and {@code processes}, {@code claim-lease} and {@code call-lease}. */
    @Override
    public Set<SettingKey> settings() {
        return CoordinationSettings.KEYS;
    }

    /**
     * Opens the coordination and begins to connect. What is asked while the first attempt is under way waits for it,
     * three quarters of a second at most; then reservations are refused for a moment, and the rest is answered as with
     * no Redis.
     *
     * @throws IllegalArgumentException if a setting can't be used; its message never has the password
     */
    @Override
    public Coordination open(Settings settings, Services services) {
        CoordinationSettings read = CoordinationSettings.from(settings);
        CorruptValue corrupt = new CorruptValue(read.redis(), services);
        return RedisCoordination.open(read, new LettuceCommands(read.redis(), services, corrupt), services, corrupt);
    }
}
