package dev.whippletree.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;

/** Translates why there is no answer. The Whippletree's own exception is the cause. */
final class ExceptionTranslator {

    private ExceptionTranslator() {}

    /** Returns the exception that LangChain4j's own models throw in this case. */
    static LangChain4jException translated(Throwable failure) {
        if (failure instanceof LangChain4jException already) {
            return already;
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof PromptException noAnswer) {
            return translated(noAnswer, message);
        }
        if (failure instanceof ConfigurationException || failure instanceof IllegalArgumentException) {
            return new InvalidRequestException(message, failure);
        }
        return new LangChain4jException(message, failure);
    }

    private static LangChain4jException translated(PromptException failure, String message) {
        return switch (failure.reason()) {
            case REJECTED, TOO_LARGE -> new InvalidRequestException(message, failure);
            case FILTERED -> new ContentFilteredException(message, failure);
            case NO_ROOM_IN_TIME, CALLER_TIMEOUT, LINE_FULL -> new RateLimitException(message, failure);
            case DEADLINE -> new TimeoutException(message, failure);
            case STREAM_INTERRUPTED -> new InternalServerException(message, failure);
            case NO_ACCOUNT, ATTEMPTS_EXHAUSTED -> byKind(failure, message);
            case CLOSED -> new NonRetriableException(message, failure);
        };
    }

    private static LangChain4jException byKind(PromptException failure, String message) {
        return switch (failure.kind().orElse(FailureKind.UNAVAILABLE)) {
            case RATE_LIMITED, QUOTA_EXHAUSTED -> new RateLimitException(message, failure);
            case OVERLOADED, UNAVAILABLE -> new InternalServerException(message, failure);
            case TIMEOUT -> new TimeoutException(message, failure);
            case UNAUTHORIZED -> new AuthenticationException(message, failure);
            case MODEL_UNAVAILABLE -> new ModelNotFoundException(message, failure);
            case TOO_LARGE, REJECTED -> new InvalidRequestException(message, failure);
            case FILTERED -> new ContentFilteredException(message, failure);
        };
    }
}
