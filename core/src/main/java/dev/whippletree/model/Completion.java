package dev.whippletree.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The complete answer to a prompt. Immutable.
 *
 * @param text the model's text; may be empty, for example if it calls tools
 * @param reasoning the model's reasoning, if the service sends it
 * @param toolCalls the functions it wants called, in order
 * @param finishReason why it ended
 * @param usage tokens as the service counted them; absent if not reported
 * @param origin where it came from
 */
public record Completion(
        String text,
        Optional<String> reasoning,
        List<ToolCall> toolCalls,
        FinishReason finishReason,
        Optional<TokenUsage> usage,
        Origin origin) {

    /** Rejects null and copies mutable values. */
    public Completion {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(reasoning, "reasoning");
        toolCalls = List.copyOf(toolCalls);
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(origin, "origin");
    }

    /** Returns whether there is neither text nor a tool call. */
    public boolean isEmpty() {
        return text.isEmpty() && toolCalls.isEmpty();
    }

    /**
     * Returns whether the answer is cut: the maximum of tokens was reached, the prompt's, the route's or the model's
     * own.
     */
    public boolean isCut() {
        return finishReason == FinishReason.LENGTH;
    }

    /** Returns the same answer with another origin. */
    public Completion withOrigin(Origin origin) {
        return new Completion(text, reasoning, toolCalls, finishReason, usage, origin);
    }

    /** Returns its length and origin only, since answers mustn't be logged. */
    @Override
    public String toString() {
        return "completion of " + text.length() + " characters, " + finishReason.wireName() + ", " + origin;
    }
}
