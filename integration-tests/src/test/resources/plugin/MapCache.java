package acme;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps answers in a map for as long as it is open. */
public final class MapCache implements Cache {

    @Override
    public String name() {
        return "map";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        Map<CacheKey, CacheEntry> entries = new ConcurrentHashMap<>();
        return new CacheStore() {
            @Override
            public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                return CompletableFuture.completedFuture(
                        Optional.ofNullable(entries.get(key)).map(entry -> new CacheHit(entry, true)));
            }

            @Override
            public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
                entries.put(key, entry);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Void> remove(CacheKey key) {
                entries.remove(key);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Long> clear(Optional<String> tenant) {
                entries.keySet().removeIf(key -> tenant.isEmpty() || key.tenant().equals(tenant.get()));
                return CompletableFuture.completedFuture(-1L);
            }

            @Override
            public void close() {}
        };
    }
}
