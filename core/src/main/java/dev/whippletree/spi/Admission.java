package dev.whippletree.spi;

import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tokens that a service counts against its limits for a prompt. Immutable.
 *
 * @param promptTokens a safe estimate of the prompt's tokens, 0 or more. The engine learns how far estimates for a
 *     model are off
 * @param completionBound the most tokens the completion may have, 0 or more: the maximum that is sent; absent if none
 *     is sent, so that the completion's length has no known bound; of several completions, all their tokens
 * @param counting when the completion is counted, and as what
 * @param cachedCounts whether the service counts prompt tokens that it has cached. If not, the whole prompt is still
 *     reserved, and the cached tokens are given back once the answer's usage reports them
 * @param completions how many completions the prompt asks for at once, 1 or more
 */
public record Admission(
        long promptTokens, OptionalLong completionBound, Counting counting, boolean cachedCounts, int completions) {

    /** The service counts no tokens, or its count is unknown. */
    public static final Admission NONE = asMade(0, 0);

    /** When a service counts a completion, and as what. */
    public enum Counting {
        /**
         * The whole bound, when the prompt arrives. What isn't used isn't given back, unless a
         * {@link dev.whippletree.model.RateLimitReport} says so. The engine reserves the bound in full. Without a
         * bound, the service's count is unknown: the engine reserves a safe estimate, and learns from reports how much
         * is enough.
         */
        ON_ENTRY,
        /**
         * The actual completion. The engine reserves what completions of the route usually need, once it has learned
         * that.
         */
        AS_MADE
    }

    /** Checks that nothing is negative. */
    public Admission {
        Objects.requireNonNull(counting, "counting");
        if (promptTokens < 0 || completionBound.orElse(0) < 0) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
        if (completions < 1) {
            throw new IllegalArgumentException("there is at least one completion, not " + completions);
        }
    }

    /** Creates the admission of one completion. */
    public Admission(long promptTokens, OptionalLong completionBound, Counting counting, boolean cachedCounts) {
        this(promptTokens, completionBound, counting, cachedCounts, 1);
    }

    /** Returns the admission for a service that counts the completion's bound when the prompt arrives. */
    public static Admission onEntry(long promptTokens, long completionBound) {
        return new Admission(promptTokens, OptionalLong.of(completionBound), Counting.ON_ENTRY, true);
    }

    /** Returns the same of a prompt that may have no maximum. */
    public static Admission onEntry(long promptTokens, OptionalInt maxTokens) {
        return new Admission(promptTokens, bound(maxTokens), Counting.ON_ENTRY, true);
    }

    /** Returns the admission for a service that counts the actual completion. */
    public static Admission asMade(long promptTokens, long completionBound) {
        return new Admission(promptTokens, OptionalLong.of(completionBound), Counting.AS_MADE, true);
    }

    /** Returns the same of a prompt that may have no maximum. */
    public static Admission asMade(long promptTokens, OptionalInt maxTokens) {
        return new Admission(promptTokens, bound(maxTokens), Counting.AS_MADE, true);
    }

    private static OptionalLong bound(OptionalInt maxTokens) {
        return maxTokens.stream().asLongStream().findFirst();
    }

    /** Returns the same for a service that doesn't count prompt tokens that it has cached. */
    public Admission withoutCached() {
        return new Admission(promptTokens, completionBound, counting, false, completions);
    }

    /** Returns the same for a prompt that asks for so many completions instead of one. */
    public Admission times(int count) {
        OptionalLong bound = completionBound.isPresent()
                ? OptionalLong.of(Math.min(completionBound.getAsLong(), Long.MAX_VALUE / count) * count)
                : completionBound;
        return new Admission(promptTokens, bound, counting, cachedCounts, count);
    }

    /**
     * Returns whether the service counts an unknown amount for the completion when the prompt arrives.
     */
    public boolean isGuessed() {
        return counting == Counting.ON_ENTRY && completionBound.isEmpty();
    }

    /** Returns what the service counts for an answered call; for a completion without a bound, its actual tokens. */
    public TokenCount counted(TokenUsage usage) {
        long cached = cachedCounts ? 0 : Math.min(usage.cachedPromptTokens(), usage.promptTokens());
        long made = usage.completionTokens();
        return new TokenCount(
                usage.promptTokens() - cached, counting == Counting.ON_ENTRY ? completionBound.orElse(made) : made);
    }
}
