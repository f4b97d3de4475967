package dev.whippletree.spi;

import java.util.Objects;
import java.util.Optional;

/**
 * What an answer is stored under. Immutable.
 *
 * @param digest SHA-256, 64 hexadecimal digits, over everything that changes the answer, the tenant included
 * @param tenant whose answer it is; a store keeps tenants apart whatever the digest says
 * @param question the part that may vary in wording, for stores that match by similarity
 */
public record CacheKey(String digest, String tenant, Optional<Question> question) {

    /** Checks the digest's form. */
    public CacheKey {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(question, "question");
        if (digest.length() != 64) {
            throw new IllegalArgumentException("a digest has 64 hexadecimal digits");
        }
    }

    /**
     * A declared question and what it belongs to. Immutable.
     *
     * @param text the question itself
     * @param scope the digest of all the rest: only questions of one scope may be compared
     */
    public record Question(String text, String scope) {}

    /** Returns the digest's first digits: enough to follow a prompt through a log. */
    @Override
    public String toString() {
        return digest.substring(0, 12);
    }
}
