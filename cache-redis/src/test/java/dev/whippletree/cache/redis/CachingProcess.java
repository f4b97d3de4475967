package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A process of a test that only looks up and stores, with threads and a connection of its own. */
final class CachingProcess implements AutoCloseable {

    private final FakeServices services = FakeServices.real();
    private final CacheStore store;

    CachingProcess(String uri, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("uri", uri));
        all.putAll(settings);
        store = new RedisCache().open(new Settings("cache redis", all), services);
    }

    CacheStore store() {
        return store;
    }

    void put(CacheKey key) {
        CacheEntry entry = new CacheEntry(
                Samples.completion("answer"), services.clock().instant().plus(Duration.ofHours(1)));
        end(store.put(key, entry));
    }

    boolean isStored(CacheKey key) {
        return end(store.get(key)).isPresent();
    }

    /** Returns what is said of a look-up that fails. */
    String fault(CacheKey key) {
        return String.valueOf(catchThrowable(() -> isStored(key)));
    }

    private static <T> T end(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        store.close();
        services.close();
    }
}
