package dev.whippletree.spi;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An open cache. Thread-safe. No method blocks; what fails ends its stage exceptionally, soon, and is counted as a miss.
 *
 * <p>A store never returns an entry that has expired, that belongs to another tenant, or that it can't read in full.
 */
public interface CacheStore extends AutoCloseable {

    /** Looks an answer up; empty if there is none. */
    CompletionStage<Optional<CacheHit>> get(CacheKey key);

    /** Stores an answer until it expires; ends when it can be found. */
    CompletionStage<Void> put(CacheKey key, CacheEntry entry);

    /**
     * Learns what a caller says of a hit. Does nothing in a store whose hits are exact.
     *
     * @param key of the hit
     * @param right whether the answer was right
     */
    default void confirm(CacheKey key, boolean right) {}

    /**
     * Removes what is stored.
     *
     * @param tenant whose answers; absent: everybody's
     * @return ends with how many were removed, if the store can tell, else -1
     */
    CompletionStage<Long> clear(Optional<String> tenant);

    /** Frees what is held. What a shared store holds stays there. */
    @Override
    void close();
}
