package dev.whippletree.spi;

import dev.whippletree.model.Completion;
import java.time.Instant;
import java.util.Objects;

/**
 * A stored answer. Immutable.
 *
 * @param completion the answer
 * @param expires from when it must not be returned any more
 */
public record CacheEntry(Completion completion, Instant expires) {

    /** Rejects null. */
    public CacheEntry {
        Objects.requireNonNull(completion, "completion");
        Objects.requireNonNull(expires, "expires");
    }
}
