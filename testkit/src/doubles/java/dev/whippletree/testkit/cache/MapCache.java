package dev.whippletree.testkit.cache;

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
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The simplest cache that keeps the contract: a map without bounds, the same whenever it is opened. */
public final class MapCache implements Cache {

    /** The name by which configurations choose it. */
    public static final String NAME = "map";

    private final Map<Place, CacheEntry> entries = new ConcurrentHashMap<>();
    private final UnaryOperator<CacheStore> change;

    /** Creates an empty one. */
    public MapCache() {
        this(UnaryOperator.identity());
    }

    /** Creates one whose stores are changed before they are handed out. */
    MapCache(UnaryOperator<CacheStore> change) {
        this.change = change;
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
        return change.apply(new MapStore(entries, services));
    }

    private static final class MapStore implements CacheStore {

        private final Map<Place, CacheEntry> entries;
        private final Services services;
        private volatile boolean closed;

        MapStore(Map<Place, CacheEntry> entries, Services services) {
            this.entries = entries;
            this.services = services;
        }

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return unlessClosed(() -> Optional.ofNullable(entries.get(Place.of(key)))
                    .filter(entry -> services.clock().instant().isBefore(entry.expires()))
                    .map(entry -> new CacheHit(entry, true)));
        }

        @Override
        @SuppressWarnings("NullAway") // a stage of Void ends with null
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return unlessClosed(() -> {
                entries.put(Place.of(key), entry);
                return null;
            });
        }

        @Override
        @SuppressWarnings("NullAway") // a stage of Void ends with null
        public CompletionStage<Void> remove(CacheKey key) {
            return unlessClosed(() -> {
                entries.remove(Place.of(key));
                return null;
            });
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return unlessClosed(() -> {
                long before = entries.size();
                entries.keySet()
                        .removeIf(place -> tenant.isEmpty() || place.tenant().equals(tenant.get()));
                return before - entries.size();
            });
        }

        @Override
        public void close() {
            closed = true;
        }

        private <T> CompletionStage<T> unlessClosed(Supplier<T> action) {
            return closed
                    ? CompletableFuture.failedFuture(new IllegalStateException("closed"))
                    : CompletableFuture.completedFuture(action.get());
        }
    }

    private record Place(String tenant, String digest) {

        static Place of(CacheKey key) {
            return new Place(key.tenant(), key.digest());
        }
    }
}
