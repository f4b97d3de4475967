package dev.whippletree.model;

/**
 * Tokens as a service counted them. Immutable.
 *
 * @param promptTokens tokens of the prompt, 0 or more
 * @param completionTokens tokens of the completion, reasoning included, 0 or more
 * @param cachedPromptTokens how many of the prompt's tokens the service had cached
 * @param reasoningTokens how many of the completion's tokens were reasoning
 */
public record TokenUsage(long promptTokens, long completionTokens, long cachedPromptTokens, long reasoningTokens) {

    /** Nothing used. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0);

    /** Checks that nothing is negative. */
    public TokenUsage {
        if (promptTokens < 0 || completionTokens < 0 || cachedPromptTokens < 0 || reasoningTokens < 0) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
    }

    /** Returns the usage of a prompt and its completion, with nothing cached and no reasoning. */
    public static TokenUsage of(long promptTokens, long completionTokens) {
        return new TokenUsage(promptTokens, completionTokens, 0, 0);
    }

    /** Returns the sum of this usage and another. */
    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                cachedPromptTokens + other.cachedPromptTokens,
                reasoningTokens + other.reasoningTokens);
    }

    /** Returns the tokens of prompt and completion together. */
    public long total() {
        return promptTokens + completionTokens;
    }
}
