package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.link.LettuceConnector;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * The cache {@code redis}, on a Redis server, on a master that Sentinels name, or on a cluster (Redis Cluster or Valkey
 * Cluster).
 *
 * <p>Redis may be away at any time, even at the start: meanwhile each lookup fails at once, and answers aren't stored.
 * The connection is restored automatically.
 *
 * <p>No password is logged, with one exception beyond our control: at TRACE, {@code io.lettuce.core.protocol} logs
 * every command, including the login. Leave that logger at DEBUG or above.
 */
public final class RedisCache implements Cache {

    /** Creates the kind. */
    public RedisCache() {}

    /** Returns {@code redis}. */
    @Override
    public String name() {
        return "redis";
    }

    /** Returns true. */
    @Override
    public boolean isShared() {
        return true;
    }

    /**
     * Returns {@code uri}, {@code ca-certificate}, {@code username}, {@code password}, {@code key-prefix} and
     * {@code command-timeout}.
     */
    @Override
    public Set<SettingKey> settings() {
        return RedisSettings.KEYS;
    }

    /**
     * Opens the cache and begins to connect. Commands given while the first attempt is under way, a second or two at
     * most, share its fate.
     *
     * @throws IllegalArgumentException if a setting can't be used; its message never has the password
     */
    @Override
    public CacheStore open(Settings settings, Services services) {
        return open(RedisSettings.from(settings), services);
    }

    static CacheStore open(RedisSettings settings, Services services) {
        RedisLink link = new RedisLink(
                settings,
                new RedisLink.Effect(
                        "answers are neither found nor stored there", "answers are found and stored there again"),
                LettuceConnector.of(settings, services),
                services);
        RedisStore store = new RedisStore(settings, link, services);
        link.onConnected(store::lookAtClock);
        link.connect();
        return store;
    }
}
