package dev.whippletree.emulator.model;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A model's answer. Immutable.
 *
 * @param number the number of the account's request that it answers, from 1
 * @param account the account's id
 * @param model the model that answered
 * @param text the text; empty if it only calls a function
 * @param call the function it calls; absent: none
 * @param scripted the assistant's whole message as on the wire, in place of text and call; empty: none is scripted
 * @param finish the reason it ends
 * @param promptTokens the prompt's tokens
 * @param completionTokens the answer's tokens
 * @param cachedTokens how many of the prompt's tokens the service had in its prompt cache
 */
public record ChatAnswer(
        long number,
        String account,
        String model,
        String text,
        Optional<ToolCall> call,
        Map<String, Object> scripted,
        FinishReason finish,
        long promptTokens,
        long completionTokens,
        long cachedTokens) {

    /** Checks that nothing is null. */
    public ChatAnswer {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(scripted, "scripted");
        Objects.requireNonNull(finish, "finish");
    }

    /** Returns the tokens of prompt and answer together. */
    public long totalTokens() {
        return promptTokens + completionTokens;
    }
}
