package dev.whippletree.emulator.model;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.util.Objects;
import java.util.Optional;

/**
 * What a model says. Immutable.
 *
 * @param number which request of the account it answers, from 1
 * @param account the account's id
 * @param model the model that answered
 * @param text what it says; empty if it only calls a function
 * @param call the function it wants called; absent: none
 * @param finish why it ends
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
        Objects.requireNonNull(finish, "finish");
    }

    /** Returns the tokens of prompt and answer together. */
    public long totalTokens() {
        return promptTokens + completionTokens;
    }
}
