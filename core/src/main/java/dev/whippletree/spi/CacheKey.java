package dev.whippletree.spi;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The key of a stored answer. Immutable.
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

    /** Two keys are equal if digest and tenant are: the digest covers the question. */
    @Override
    public boolean equals(Object other) {
        return other instanceof CacheKey key && key.digest.equals(digest) && key.tenant.equals(tenant);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /** A declared question and its scope. Immutable. */
    public static final class Question {

        private final String text;

        /** Computes the scope; dropped after that, because it holds the whole prompt. */
        private @Nullable Supplier<String> source;

        private @Nullable String scope;

        /**
         * Creates a question.
         *
         * @param text the question itself
         * @param scope the digest of the rest of the prompt
         */
        public Question(String text, String scope) {
            this.text = Objects.requireNonNull(text, "text");
            this.scope = Objects.requireNonNull(scope, "scope");
        }

        /**
         * Creates a question whose scope is computed when a store asks for it, since most prompts are answered before.
         *
         * @param text the question itself
         * @param scope computes the digest of the rest of the prompt
         */
        public Question(String text, Supplier<String> scope) {
            this.text = Objects.requireNonNull(text, "text");
            this.source = Objects.requireNonNull(scope, "scope");
        }

        /** Returns the question itself. */
        public String text() {
            return text;
        }

        /**
         * Returns the digest of the rest of the prompt: only questions of one scope may be compared. Takes microseconds
         * the first time.
         */
        public synchronized String scope() {
            if (source != null) {
                scope = source.get();
                source = null;
            }
            return Objects.requireNonNull(scope);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Question question
                    && question.text.equals(text)
                    && question.scope().equals(scope());
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }

        /** Returns the scope's first digits, since questions mustn't be logged. */
        @Override
        public String toString() {
            return "question of scope " + scope().substring(0, Math.min(12, scope().length()));
        }
    }

    /** Returns an equal key without text, for stores and servers that keep keys of prompts that have ended. */
    public CacheKey withoutQuestion() {
        return question.isEmpty() ? this : new CacheKey(digest, tenant, Optional.empty());
    }

    /** Returns the digest's first digits: enough to follow a prompt through a log. */
    @Override
    public String toString() {
        return digest.substring(0, 12);
    }
}
