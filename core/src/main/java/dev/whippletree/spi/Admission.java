package dev.whippletree.spi;

/**
 * What a service counts against its limits when a prompt arrives. Immutable.
 *
 * @param promptTokens tokens of the prompt, estimated, on the safe side
 * @param completionTokens tokens it counts in advance for the completion, 0 where it counts only what was made
 * @param refunded whether tokens counted in advance but not used are given back when the answer ends
 */
public record Admission(long promptTokens, long completionTokens, boolean refunded) {

    /** Checks that nothing is negative. */
    public Admission {
        if (promptTokens < 0 || completionTokens < 0) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
    }

    /** Returns the tokens to reserve before the call. */
    public long tokens() {
        return promptTokens + completionTokens;
    }
}
