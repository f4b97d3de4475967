package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheEnvelope;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.config.CacheConfiguration;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ExpiryPolicyBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.MemoryUnit;

/**
 * Answers as envelopes in one Ehcache. Thread-safe.
 *
 * <p>Looking up and storing take microseconds and are done when the stage is returned; clearing walks all keys, on the
 * services' executor.
 */
final class EhcacheStore implements CacheStore {

    private static final String NAME = "answers";
    private static final int DIGEST_LENGTH = 64;

    private final OffHeapSize size;
    private final Services services;
    private final CacheManager manager;
    private final Cache<String, byte[]> cache;

    /**
     * Shared by those who use the cache; Ehcache takes being closed in the middle of a put for an inconsistency, and
     * says so.
     */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    /** Guarded by {@link #use}. */
    private boolean closed;

    private EhcacheStore(OffHeapSize size, Services services, CacheManager manager) {
        this.size = size;
        this.services = services;
        this.manager = manager;
        this.cache = manager.createCache(NAME, configuration(size, services));
    }

    static EhcacheStore open(OffHeapSize size, Services services) {
        CacheManager manager = CacheManagerBuilder.newCacheManagerBuilder()
                .withClassLoader(EhcacheStore.class.getClassLoader())
                .build(true);
        try {
            return new EhcacheStore(size, services, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw new IllegalArgumentException(
                    size.where() + ": this JVM has no room for " + size.bytes()
                            + " bytes off the heap; lower off-heap, or raise -XX:MaxDirectMemorySize",
                    e);
        }
    }

    private static CacheConfiguration<String, byte[]> configuration(OffHeapSize size, Services services) {
        ResourcePoolsBuilder pools =
                ResourcePoolsBuilder.newResourcePoolsBuilder().offheap(size.bytes(), MemoryUnit.B);
        return CacheConfigurationBuilder.newCacheConfigurationBuilder(String.class, byte[].class, pools)
                .withExpiry(ExpiryPolicyBuilder.expiry()
                        .create((String key, byte[] envelope) -> timeLeft(envelope, services))
                        .update((key, before, envelope) -> timeLeft(envelope, services))
                        .build())
                .build();
    }

    /** Keeps the dead from taking up room; whether an entry may still be returned is decided by its envelope. */
    private static Duration timeLeft(byte[] envelope, Services services) {
        Duration left = Duration.between(services.clock().instant(), CacheEnvelope.expires(envelope));
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        return done(() -> Optional.ofNullable(cache.get(placeOf(key)))
                .flatMap(envelope ->
                        CacheEnvelope.read(envelope, services.clock().instant()))
                .map(entry -> new CacheHit(entry, true)));
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        return done(() -> {
                    store(placeOf(key), entry);
                    return true;
                })
                .thenAccept(stored -> {});
    }

    private void store(String place, CacheEntry entry) {
        if (!services.clock().instant().isBefore(entry.expires())) {
            return;
        }
        byte[] envelope = CacheEnvelope.write(entry);
        if (envelope.length > size.largestBytes()) {
            // Ehcache would drive everything else out to make room, and then drop it without a word.
            cache.remove(place);
            throw new EntryTooLargeException(size, envelope.length);
        }
        cache.put(place, envelope);
        boolean kept = cache.containsKey(place);
        // Ehcache counts milliseconds: an entry with less left is gone at once.
        if (!kept && timeLeft(envelope, services).toMillis() > 0) {
            throw new IllegalStateException(size.where() + ": an answer of " + envelope.length
                    + " bytes was displaced at once; raise off-heap to keep more answers");
        }
    }

    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        return done(() -> {
                    cache.remove(placeOf(key));
                    return true;
                })
                .thenAccept(removed -> {});
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        return CompletableFuture.supplyAsync(() -> whileOpen(() -> remove(tenant)), services.executor());
    }

    private long remove(Optional<String> tenant) {
        long removed = 0;
        for (Cache.Entry<String, byte[]> entry : cache) {
            if (tenant.map(name -> isOf(name, entry.getKey())).orElse(true)) {
                cache.remove(entry.getKey());
                removed++;
            }
        }
        return removed;
    }

    /** Waits for what is under way: microseconds, or a walk over all keys. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                manager.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    /** A digest's length is fixed, so digest and tenant written together can't be taken for another pair. */
    private static String placeOf(CacheKey key) {
        return key.digest() + key.tenant();
    }

    private static boolean isOf(String tenant, String place) {
        return place.length() == DIGEST_LENGTH + tenant.length() && place.endsWith(tenant);
    }

    private <T> CompletableFuture<T> done(Supplier<T> action) {
        try {
            return CompletableFuture.completedFuture(whileOpen(action));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> T whileOpen(Supplier<T> action) {
        use.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(size.where() + ": the cache is closed");
            }
            return action.get();
        } finally {
            use.readLock().unlock();
        }
    }
}
