package dev.whippletree.batch;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cache that keeps everything. */
final class MapCache implements Cache {

    static final String NAME = "map";

    private final Map<String, CacheEntry> entries = new HashMap<>();

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
        return new CacheStore() {

            @Override
            public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                return CompletableFuture.completedFuture(
                        Optional.ofNullable(entries.get(key.digest())).map(entry -> new CacheHit(entry, true)));
            }

            @Override
            public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
                entries.put(key.digest(), entry);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Long> clear(Optional<String> tenant) {
                return CompletableFuture.completedFuture(-1L);
            }

            @Override
            public void close() {}
        };
    }
}
