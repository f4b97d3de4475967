package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/** The cache on a Redis that is never away, and a machine that may stall for longer than a command may take. */
public final class PatientRedisCache implements Cache {

    private final RedisCache cache = new RedisCache();

    /** Creates the kind. */
    public PatientRedisCache() {}

    @Override
    public String name() {
        return cache.name();
    }

    @Override
    public boolean isShared() {
        return cache.isShared();
    }

    @Override
    public Set<SettingKey> settings() {
        return cache.settings();
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        return RedisCache.open(Patience.patient(RedisSettings.from(settings)), services);
    }
}
