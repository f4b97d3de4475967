package dev.whippletree.springai;

import dev.whippletree.model.PromptException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;

/**
 * Says failures as Spring AI does: with an exception for those that asking again may help against, and one for the
 * others.
 */
final class PromptFailures {

    private PromptFailures() {}

    /** Returns the failure in Spring AI's terms, with our own as its cause. */
    static RuntimeException translate(Throwable failure) {
        Throwable cause = (failure instanceof CompletionException || failure instanceof ExecutionException)
                        && failure.getCause() != null
                ? failure.getCause()
                : failure;
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof PromptException noAnswer && mayHelp(noAnswer.reason())) {
            return new TransientAiException(message, noAnswer);
        }
        return new NonTransientAiException(message, cause);
    }

    private static boolean mayHelp(PromptException.Reason reason) {
        return switch (reason) {
            case NO_ROOM_IN_TIME, CALLER_TIMEOUT, DEADLINE, LINE_FULL, ATTEMPTS_EXHAUSTED, STREAM_INTERRUPTED -> true;
            case REJECTED, FILTERED, TOO_LARGE, NO_ACCOUNT, CLOSED -> false;
        };
    }
}
