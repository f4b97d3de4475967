package dev.whippletree.emulator.simulation;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cache that keeps everything in a map. Confined to one thread. */
public final class MemoryStore implements CacheStore {

    private final Map<CacheKey, CacheEntry> entries = new HashMap<>();

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
        entries.clear();
        return CompletableFuture.completedFuture(-1L);
    }

    @Override
    public void close() {}
}
