package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * A cache in this process, lost when it ends: {@code ehcache}.
 *
 * <p>Answers are kept off the heap, bounded in bytes; the least used ones are evicted. There is no disk tier, because
 * processes can't share one and it doesn't survive a crash. There is none on the heap, because Ehcache will bound it by
 * entries alone.
 */
public final class EhcacheCache implements Cache {

    /** Creates the kind. */
    public EhcacheCache() {}

    /** Returns {@code ehcache}. */
    @Override
    public String name() {
        return "ehcache";
    }

    /** Returns {@code off-heap}. */
    @Override
    public boolean isSelfContained() {
        return true;
    }

    @Override
    public Set<SettingKey> settings() {
        return OffHeapSize.KEYS;
    }

    /**
     * Opens a cache, and reserves its off-heap memory.
     *
     * @throws IllegalArgumentException if a size can't be used, or this JVM has no room for it
     */
    @Override
    public CacheStore open(Settings settings, Services services) {
        return EhcacheStore.open(OffHeapSize.from(settings), services);
    }
}
