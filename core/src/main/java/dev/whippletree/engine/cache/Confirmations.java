package dev.whippletree.engine.cache;

import dev.whippletree.engine.pool.Pool;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.CacheKey;
import java.util.Optional;

/**
 * The confirmations that callers give for answers to declared questions, and those that caches ask for. Thread-safe;
 * never blocks.
 */
public final class Confirmations {

    private final Pool pool;
    private final CacheTiers caches;

    public Confirmations(Pool pool, CacheTiers caches) {
        this.pool = pool;
        this.caches = caches;
    }

    /** Tells the caches whether the answer that a prompt got from them, or would have got, is right. Never throws. */
    public void confirm(Prompt prompt, boolean right) {
        keyOf(prompt).ifPresent(key -> caches.confirm(key, right));
    }

    /** Tells the caches the same by what {@link #key} returned. Never throws. */
    public void confirm(CacheKey key, boolean right) {
        caches.confirm(key, right);
    }

    /** Returns what a prompt with a declared question can be confirmed by later, without any of its text. */
    public Optional<CacheKey> key(Prompt prompt) {
        return keyOf(prompt).map(CacheKey::withoutQuestion);
    }

    /** Returns the stored answer of a similar question of which a cache wants to know whether it would have been right for this prompt too. */
    public Optional<Completion> unconfirmed(Prompt prompt) {
        return keyOf(prompt).flatMap(caches::unconfirmed);
    }

    /** Only where a question is declared can a stored answer be another one's. */
    private Optional<CacheKey> keyOf(Prompt prompt) {
        return prompt.question()
                .flatMap(question -> pool.route(prompt.route()))
                .map(route -> PromptKeys.of(route.bounded(prompt), route));
    }
}
