package dev.whippletree.engine.scope;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;

/** The most tokens that one call may have by some limits, were nothing else used. Immutable. */
public record TokenBound(long total, long prompt, long completion) {

    static final TokenBound UNBOUNDED = new TokenBound(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    TokenBound within(Limit.Unit unit, long amount) {
        return switch (unit) {
            case REQUESTS -> this;
            case TOKENS -> new TokenBound(Math.min(total, amount), prompt, completion);
            case INPUT_TOKENS -> new TokenBound(total, Math.min(prompt, amount), completion);
            case OUTPUT_TOKENS -> new TokenBound(total, prompt, Math.min(completion, amount));
        };
    }

    public TokenBound and(TokenBound other) {
        return new TokenBound(
                Math.min(total, other.total), Math.min(prompt, other.prompt), Math.min(completion, other.completion));
    }

    public boolean allows(TokenCount tokens) {
        return tokens.total() <= total && tokens.prompt() <= prompt && tokens.completion() <= completion;
    }

    /** Returns whether prompts or completions are bounded alone. */
    boolean isApart() {
        return prompt != Long.MAX_VALUE || completion != Long.MAX_VALUE;
    }

    /**
     * Returns the most of some tokens that it allows, the prompt before the completion, or what is needed at least
     * where it allows less.
     */
    public TokenCount most(TokenCount wanted, TokenCount needed) {
        long ofPrompt = Math.max(needed.prompt(), Math.min(wanted.prompt(), Math.min(prompt, total)));
        long left = Math.max(0, total - ofPrompt);
        long ofCompletion = Math.max(needed.completion(), Math.min(wanted.completion(), Math.min(completion, left)));
        long over = ofPrompt + ofCompletion - total;
        return new TokenCount(over > 0 ? Math.max(needed.prompt(), ofPrompt - over) : ofPrompt, ofCompletion);
    }
}
