package dev.whippletree.springai;

import dev.whippletree.Whippletree;
import dev.whippletree.model.PromptException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;

/**
 * Says failures as Spring AI does: with an exception for those that asking again may help against, and one for the
 * others.
 */
final class PromptFailures {

    private PromptFailures() {}

    /** Waits for a result of a Whippletree. An interrupted thread withdraws its prompt, and stays interrupted. */
    static <T> T await(CompletableFuture<T> result) {
        try {
            return Whippletree.await(result);
        } catch (RuntimeException e) {
            throw translate(e);
        }
    }

    /** Returns the failure in Spring AI's terms, with our own as its cause. */
    static RuntimeException translate(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof PromptException noAnswer && noAnswer.isRetryable()) {
            return new TransientAiException(message, noAnswer);
        }
        return new NonTransientAiException(message, cause);
    }
}
