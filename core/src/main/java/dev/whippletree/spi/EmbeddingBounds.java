package dev.whippletree.spi;

/**
 * The most that one call may embed. Immutable.
 *
 * @param inputs the most texts, 1 or more
 * @param tokens the most tokens of all texts together, 1 or more
 */
public record EmbeddingBounds(int inputs, long tokens) {

    /** Checks that both are 1 or more. */
    public EmbeddingBounds {
        if (inputs < 1 || tokens < 1) {
            throw new IllegalArgumentException("a call must be able to embed a text");
        }
    }

    /** Returns the bounds of calls that several services can answer. */
    public EmbeddingBounds and(EmbeddingBounds other) {
        return new EmbeddingBounds(Math.min(inputs, other.inputs), Math.min(tokens, other.tokens));
    }
}
