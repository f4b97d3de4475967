package dev.whippletree.spi;

import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import java.util.Objects;

/**
 * The tokens that a service counts against its limits for a prompt. Immutable.
 *
 * @param promptTokens tokens of the prompt, estimated, on the safe side; 0 or more. The engine learns by how much the estimates
 *     for a model are wrong
 * @param completionBound the most tokens the completion may have, 0 or more: the maximum that is sent
 * @param counting when the completion is counted, and as what
 * @param cachedCounts whether tokens of the prompt count that the service has in a cache of its own. Where they don't, the whole
 *     prompt is reserved all the same, and they are given back once the answer's usage says how many they were
 */
public record Admission(long promptTokens, long completionBound, Counting counting, boolean cachedCounts) {

    /** The service counts no tokens, or its count is unknown. */
    public static final Admission NONE = asMade(0, 0);

    /** When a service counts a completion, and as what. */
    public enum Counting {
        /**
         * The whole bound, when the prompt arrives. What isn't used isn't given back, unless a
         * {@link dev.whippletree.model.RateLimitReport} says so. The engine reserves the bound in full.
         */
        ON_ENTRY,
        /** What was made, and no more. The engine reserves what completions of the route usually need, as soon as it has learned something of that. */
        AS_MADE
    }

    /** Checks that nothing is negative. */
    public Admission {
        Objects.requireNonNull(counting, "counting");
        if (promptTokens < 0 || completionBound < 0) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
    }

    /** Returns the admission by a service that counts the completion's bound when the prompt arrives. */
    public static Admission onEntry(long promptTokens, long completionBound) {
        return new Admission(promptTokens, completionBound, Counting.ON_ENTRY, true);
    }

    /** Returns the admission by a service that counts of the completion what was made. */
    public static Admission asMade(long promptTokens, long completionBound) {
        return new Admission(promptTokens, completionBound, Counting.AS_MADE, true);
    }

    /** Returns the same by a service that doesn't count tokens which it has in a cache of its own. */
    public Admission withoutCached() {
        return new Admission(promptTokens, completionBound, counting, false);
    }

    /** Returns what the service counts for a call that it answered. */
    public TokenCount counted(TokenUsage usage) {
        long cached = cachedCounts ? 0 : Math.min(usage.cachedPromptTokens(), usage.promptTokens());
        long completion = counting == Counting.ON_ENTRY ? completionBound : usage.completionTokens();
        return new TokenCount(usage.promptTokens() - cached, completion);
    }
}
