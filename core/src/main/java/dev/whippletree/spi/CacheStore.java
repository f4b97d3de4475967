package dev.whippletree.spi;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An open cache. Thread-safe. No method blocks. A failure ends the stage exceptionally, soon, and counts as a miss. The
 * engine warns of it, unless it is a {@link ReportedFaultException}.
 *
 * <p>A store never returns an entry that has expired, that belongs to another tenant, or that it can't read in full.
 */
public interface CacheStore extends AutoCloseable {

    /** Looks an answer up; empty if there is none. */
    CompletionStage<Optional<CacheHit>> get(CacheKey key);

    /** Stores an answer until it expires; ends when it can be found. */
    CompletionStage<Void> put(CacheKey key, CacheEntry entry);

    /**
     * Learns that a caller received the answer that {@link #get} found for this key; not called for an answer that came
     * too late. Fast. Has no effect in a store that doesn't count its hits.
     *
     * @param key the key that was looked up
     */
    default void delivered(CacheKey key) {}

    /**
     * Learns a caller's confirmation: for a hit, whether its answer was right; for the answer of {@link #unconfirmed},
     * whether it would have been right. Fast. Has no effect in a store whose hits are exact.
     *
     * @param key of the answered prompt, without its question if the prompt is gone; this store may never have seen it
     * @param right whether the answer was right
     */
    default void confirm(CacheKey key, boolean right) {}

    /**
     * Returns the stored answer of a similar question, if this store asks whether it would have answered this prompt
     * too; {@link #confirm} tells it. Empty in a store whose hits are exact.
     *
     * @param key of a prompt that was answered by a call, before or after its {@link #put}
     */
    default Optional<CacheEntry> unconfirmed(CacheKey key) {
        return Optional.empty();
    }

    /** Returns remarks for the user on this store, a sentence each; fast, and never waits for another thread. */
    default List<String> remarks() {
        return List.of();
    }

    /**
     * Removes the answer that {@link #get} finds for a key, because its caller has no use for it; has no effect if
     * there is none. Ends when it can't be found any more.
     */
    CompletionStage<Void> remove(CacheKey key);

    /**
     * Removes stored answers.
     *
     * @param tenant the tenant whose answers to remove; absent: all tenants
     * @return completes with the number removed, if the store can tell, else -1
     */
    CompletionStage<Long> clear(Optional<String> tenant);

    /** Closes the store. A shared store keeps its answers. */
    @Override
    void close();
}
