package dev.whippletree.engine.cache;

import dev.whippletree.engine.pool.Pool;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.CacheKey;
import java.util.Optional;

/**
 * Passes on callers' confirmations of answers to declared questions, and the caches' requests for them. Thread-safe;
 * never blocks.
 */
public final class Confirmations {

    private final Pool pool;
    private final CacheTiers caches;

    public Confirmations(Pool pool, CacheTiers caches) {
        this.pool = pool;
        this.caches = caches;
    }

    /**
     * Tells the caches whether a prompt's answer from them, or the one they would have given, is right. Never throws.
     */
    public void confirm(Prompt prompt, boolean right) {
        keyOf(prompt).ifPresent(key -> confirm(key, right));
    }

    /** Tells the caches the same by the result of {@link #key}. Never throws. */
    public void confirm(CacheKey key, boolean right) {
        caches.confirm(key, right);
    }

    /** Returns the key by which a prompt with a declared question can be confirmed later, without any of its text. */
    public Optional<CacheKey> key(Prompt prompt) {
        return keyOf(prompt).map(CacheKey::withoutQuestion);
    }

    /** Returns the stored answer of a similar question if a cache asks whether it answers this prompt too. */
    public Optional<Completion> unconfirmed(Prompt prompt) {
        return keyOf(prompt).flatMap(caches::unconfirmed);
    }

    /** Only a prompt with a declared question can get another one's answer. */
    private Optional<CacheKey> keyOf(Prompt prompt) {
        return prompt.question()
                .flatMap(question -> pool.route(prompt.route()))
                .map(route -> PromptKeys.of(route.bounded(prompt), route));
    }
}
