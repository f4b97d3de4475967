package dev.whippletree.gateway.prompt;

import dev.whippletree.spi.CacheKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest answers to declared questions, which clients may still confirm. Thread-safe.
 *
 * <p>Of each its id, its tenant and a digest of its prompt are kept; no prompt and no answer.
 */
public final class LatestAnswers {

    static final int MOST = 10_000;

    private final Map<AnswerKey, Optional<CacheKey>> answers = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerKey, Optional<CacheKey>> eldest) {
            return size() > MOST;
        }
    };

    private record AnswerKey(String tenant, String id) {}

    /**
     * Adds an answer, replacing the least recently used one if full.
     *
     * @param key the key that confirms it; absent: no cache learns from a confirmation
     */
    synchronized void add(String tenant, String id, Optional<CacheKey> key) {
        answers.put(new AnswerKey(tenant, id), key.map(CacheKey::withoutQuestion));
    }

    synchronized boolean has(String tenant, String id) {
        return answers.containsKey(new AnswerKey(tenant, id));
    }

    /** Returns the key to confirm a tenant's answer by; empty if there is no such answer, or no cache asks. */
    synchronized Optional<CacheKey> find(String tenant, String id) {
        return answers.getOrDefault(new AnswerKey(tenant, id), Optional.empty());
    }
}
