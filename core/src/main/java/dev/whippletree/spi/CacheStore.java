package dev.whippletree.spi;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An open cache. Thread-safe. No method blocks. A failure ends the stage exceptionally, soon, and counts as a miss.
 *
 * <p>A store never returns an entry that has expired, that belongs to another tenant, or that it can't read in full.
 */
public interface CacheStore extends AutoCloseable {

    /** Looks an answer up; empty if there is none. */
    CompletionStage<Optional<CacheHit>> get(CacheKey key);

    /** Stores an answer until it expires; ends when it can be found. */
    CompletionStage<Void> put(CacheKey key, CacheEntry entry);

    /**
     * Learns that the answer that {@link #get} found for this key was delivered to a caller: one that comes too late, or that nobody waits
     * for any more, isn't. Quick. Does nothing in a store that doesn't count its hits.
     *
     * @param key the one that was looked up
     */
    default void delivered(CacheKey key) {}

    /**
     * Learns what a caller says: of a hit, whether its answer was right; of what {@link #unconfirmed} returned, whether it would have been.
     * Quick. Does nothing in a store whose hits are exact.
     *
     * @param key of the prompt that was answered, without its question if the prompt is gone by now; it may never have been looked up here
     * @param right whether the answer was right
     */
    default void confirm(CacheKey key, boolean right) {}

    /**
     * Returns the stored answer of a similar question, of which this store wants to know by {@link #confirm} whether it would have been
     * right for this prompt too. Empty in a store whose hits are exact.
     *
     * @param key of a prompt that was answered by a call, whether {@link #put} has been told of that yet or not
     */
    default Optional<CacheEntry> unconfirmed(CacheKey key) {
        return Optional.empty();
    }

    /** Returns what a user should know about how this store does, a sentence each; quick, and never waiting for another thread's work. */
    default List<String> remarks() {
        return List.of();
    }

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
