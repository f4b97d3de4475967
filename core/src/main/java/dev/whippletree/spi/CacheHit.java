package dev.whippletree.spi;

import java.util.Objects;

/**
 * The result of a look-up. Immutable.
 *
 * @param entry the stored answer
 * @param exact whether it was stored under exactly this key; only exact hits fill nearer tiers
 */
public record CacheHit(CacheEntry entry, boolean exact) {

    /** Rejects null. */
    public CacheHit {
        Objects.requireNonNull(entry, "entry");
    }
}
