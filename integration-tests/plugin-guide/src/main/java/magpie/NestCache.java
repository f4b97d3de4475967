package magpie;

import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Keeps the answers that were used last, in memory. */
public final class NestCache implements Cache {

    private static final SettingKey EGGS =
            new SettingKey("eggs", "How many answers are kept, 10000 unless said otherwise.");

    @Override
    public String name() {
        return "nest";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(EGGS);
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        return new Nest(settings.integer(EGGS.name(), 1, 1_000_000).orElse(10_000), services.clock());
    }

    /** An answer is one tenant's, whatever the digest says. */
    private record Place(String tenant, String digest) {

        static Place of(CacheKey key) {
            return new Place(key.tenant(), key.digest());
        }
    }

    private static final class Nest implements CacheStore {

        private final InstantSource clock;
        private final Map<Place, CacheEntry> eggs;
        private boolean closed;

        Nest(int most, InstantSource clock) {
            this.clock = clock;
            this.eggs = new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Place, CacheEntry> eldest) {
                    return size() > most;
                }
            };
        }

        private <T> CompletionStage<T> ifOpen(Supplier<T> answer) {
            return closed
                    ? CompletableFuture.failedFuture(new IllegalStateException("the nest is closed"))
                    : CompletableFuture.completedFuture(answer.get());
        }

        @Override
        public synchronized CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return ifOpen(() -> Optional.ofNullable(eggs.get(Place.of(key)))
                    .filter(entry -> clock.instant().isBefore(entry.expires()))
                    .map(entry -> new CacheHit(entry, true)));
        }

        @Override
        public synchronized CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return ifOpen(() -> {
                eggs.put(Place.of(key), entry);
                return null;
            });
        }

        @Override
        public synchronized CompletionStage<Void> remove(CacheKey key) {
            return ifOpen(() -> {
                eggs.remove(Place.of(key));
                return null;
            });
        }

        @Override
        public synchronized CompletionStage<Long> clear(Optional<String> tenant) {
            return ifOpen(() -> {
                int before = eggs.size();
                eggs.keySet()
                        .removeIf(place -> tenant.map(place.tenant()::equals).orElse(true));
                return (long) before - eggs.size();
            });
        }

        @Override
        public synchronized void close() {
            closed = true;
            eggs.clear();
        }
    }
}
