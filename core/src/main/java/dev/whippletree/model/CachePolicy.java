package dev.whippletree.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a prompt may use the caches. Immutable.
 *
 * @param read whether a stored answer, or one that another caller is waiting for, may be the answer
 * @param store whether the answer may be stored
 * @param ttl how long it may be stored; absent: as the route says
 */
public record CachePolicy(boolean read, boolean store, Optional<Duration> ttl) {

    /** Read and store, for as long as the route says. */
    public static final CachePolicy DEFAULT = new CachePolicy(true, true, Optional.empty());

    /** Checks that a ttl is positive, and given only for what may be stored. */
    public CachePolicy {
        Objects.requireNonNull(ttl, "ttl");
        if (!store && ttl.isPresent()) {
            throw new IllegalArgumentException(
                    "a ttl was given for an answer that mustn't be stored: give one or the other");
        }
        ttl.ifPresent(value -> {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException("a ttl must be positive, not " + DurationText.of(value));
            }
        });
    }
}
