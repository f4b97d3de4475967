package dev.whippletree.planner;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.Timeline;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A cache that answers at once and holds everything until it expires; every engine that opens it shares what it holds.
 * Confined to its simulation.
 */
final class PlannedCache implements Cache, CacheStore {

    /** Differs from every real cache's name, since those may be there too. */
    static final String NAME = "planned";

    private final Map<CacheKey, CacheEntry> entries = new HashMap<>();
    private final Timeline timeline;

    PlannedCache(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        return this;
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        return CompletableFuture.completedFuture(Optional.ofNullable(entries.get(key))
                .filter(entry -> entry.expires().isAfter(timeline.now()))
                .map(entry -> new CacheHit(entry, true)));
    }

    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        entries.remove(key);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        entries.put(key, entry);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        long before = entries.size();
        entries.keySet().removeIf(key -> tenant.map(key.tenant()::equals).orElse(true));
        return CompletableFuture.completedFuture(before - entries.size());
    }

    @Override
    public void close() {}
}
