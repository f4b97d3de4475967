package dev.whippletree.testkit.cache;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What stands in for a cache until it is opened, so that a test whose cache doesn't open can be cleaned up. */
final class NeverOpened implements CacheStore {

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        return failed();
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        return failed();
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        return failed();
    }

    @Override
    public void close() {}

    private static <T> CompletionStage<T> failed() {
        return CompletableFuture.failedFuture(new IllegalStateException("the cache under test was never opened"));
    }
}
