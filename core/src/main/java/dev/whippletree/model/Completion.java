package dev.whippletree.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The complete answer to a prompt. Immutable.
 *
 * <pre>{@code
 * Completion answer = whippletree.ask(prompt);
 * String text = answer.isCut() ? answer.text() + " …" : answer.text();
 * System.out.println(text + " (" + answer.origin().account() + ", " + answer.origin().model() + ")");
 * }</pre>
 *
 * @param text the model's text; may be empty, for example if it calls tools
 * @param reasoning the model's reasoning, if the service sends it
 * @param refusal the model's words if it refuses to answer, for services that tell them apart from text
 * @param toolCalls the tools it wants called, in order
 * @param finishReason why it ended
 * @param usage tokens as the service counted them; absent if not reported
 * @param extras all other fields of the service's answer
 * @param origin where it came from
 */
public record Completion(
        String text,
        Optional<String> reasoning,
        Optional<String> refusal,
        List<ToolCall> toolCalls,
        FinishReason finishReason,
        Optional<TokenUsage> usage,
        AnswerExtras extras,
        Origin origin) {

    /** Rejects null and copies mutable values. */
    public Completion {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(reasoning, "reasoning");
        Objects.requireNonNull(refusal, "refusal");
        toolCalls = List.copyOf(toolCalls);
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(extras, "extras");
        Objects.requireNonNull(origin, "origin");
    }

    /** Creates a completion that is no refusal and has no further fields. */
    public Completion(
            String text,
            Optional<String> reasoning,
            List<ToolCall> toolCalls,
            FinishReason finishReason,
            Optional<TokenUsage> usage,
            Origin origin) {
        this(text, reasoning, Optional.empty(), toolCalls, finishReason, usage, AnswerExtras.NONE, origin);
    }

    /**
     * Returns one piece for each part of this answer that isn't empty: reasoning, text, refusal, tool calls, extras.
     */
    public List<Delta.Piece> pieces() {
        List<Delta.Piece> pieces = new ArrayList<>();
        reasoning.ifPresent(thought -> pieces.add(new Delta.Reasoning(thought)));
        if (!text.isEmpty()) {
            pieces.add(new Delta.Text(text));
        }
        refusal.ifPresent(words -> pieces.add(new Delta.Refusal(words)));
        int index = 0;
        for (ToolCall call : toolCalls) {
            pieces.add(new Delta.ToolCallPart(
                    index++,
                    Optional.of(call.id()),
                    Optional.of(call.name()),
                    call.arguments(),
                    call.type(),
                    call.extras()));
        }
        if (!extras.isEmpty()) {
            pieces.add(new Delta.ExtrasPart(extras));
        }
        return pieces;
    }

    /** Returns whether there is neither text, nor a refusal, nor a tool call. */
    public boolean isEmpty() {
        return text.isEmpty() && refusal.isEmpty() && toolCalls.isEmpty();
    }

    /** Returns the text with the refusal, if any: what is shown to a person. */
    public String words() {
        return refusal.map(text::concat).orElse(text);
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
        return new Completion(text, reasoning, refusal, toolCalls, finishReason, usage, extras, origin);
    }

    /** Returns its length and origin only, since answers mustn't be logged. */
    @Override
    public String toString() {
        return "completion of " + text.length() + " characters, " + finishReason.wireName() + ", " + origin;
    }
}
