package dev.whippletree.model;

/**
 * Tokens of a prompt and of its completion, as reserved or counted against limits. Immutable.
 *
 * @param prompt tokens of the prompt, 0 or more: the input
 * @param completion tokens of the completion, 0 or more: the output
 */
public record TokenCount(long prompt, long completion) {

    /** Nothing. */
    public static final TokenCount NONE = new TokenCount(0, 0);

    /** Checks that nothing is negative. */
    public TokenCount {
        if (prompt < 0 || completion < 0) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
    }

    /** Returns the tokens of prompt and completion together. */
    public long total() {
        return prompt + completion;
    }
}
