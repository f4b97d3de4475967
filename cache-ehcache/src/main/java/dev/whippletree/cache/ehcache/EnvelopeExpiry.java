package dev.whippletree.cache.ehcache;

import dev.whippletree.spi.CacheEnvelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.ehcache.expiry.ExpiryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Lets Ehcache free an entry when its envelope says that it expires. Thread-safe.
 *
 * <p>Whether an entry may still be returned is decided by the envelope; this only keeps the dead from taking up room.
 */
final class EnvelopeExpiry implements ExpiryPolicy<String, byte[]> {

    private final InstantSource clock;

    EnvelopeExpiry(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Duration getExpiryForCreation(String key, byte[] envelope) {
        Duration left = Duration.between(clock.instant(), CacheEnvelope.expires(envelope));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Returns null, Ehcache's word for no change. */
    @Override
    public @Nullable Duration getExpiryForAccess(String key, Supplier<? extends byte[]> envelope) {
        return null;
    }

    @Override
    public Duration getExpiryForUpdate(String key, Supplier<? extends byte[]> before, byte[] envelope) {
        return getExpiryForCreation(key, envelope);
    }
}
