package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.http.ApiError.INVALID;
import static dev.whippletree.gateway.http.ApiError.LIMITED;
import static dev.whippletree.gateway.http.ApiError.SERVER;
import static io.undertow.util.StatusCodes.BAD_GATEWAY;
import static io.undertow.util.StatusCodes.BAD_REQUEST;
import static io.undertow.util.StatusCodes.GATEWAY_TIME_OUT;
import static io.undertow.util.StatusCodes.INTERNAL_SERVER_ERROR;
import static io.undertow.util.StatusCodes.SERVICE_UNAVAILABLE;
import static io.undertow.util.StatusCodes.TOO_MANY_REQUESTS;
import static io.undertow.util.StatusCodes.UNAUTHORIZED;

import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.PromptException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Finds the error response for a prompt that has no answer. Stateless. */
final class PromptError {

    /**
     * What all clients obey: openai for npm waits 8 s or less instead of anything longer, the one for Python gives up
     * above 120 s.
     */
    private static final Duration LONGEST_OBEYED = Duration.ofSeconds(60);

    private PromptError() {}

    /**
     * Puts a prompt's failure into a client's terms.
     *
     * @param now from which waiting counts
     * @param disclosure what the client is told of accounts
     */
    static ApiError of(Throwable failure, Instant now, Disclosure disclosure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RequestException refused) {
            return refused.error();
        }
        if (cause instanceof PromptException noAnswer) {
            return of(noAnswer, now, disclosure);
        }
        if (cause instanceof ConfigurationException misdirected) {
            return ApiError.noSuchModel(
                    disclosure.accountsShown()
                            ? String.join("; ", misdirected.problems())
                            : "no route or model has this name any more");
        }
        return ApiError.internal();
    }

    private static ApiError of(PromptException failure, Instant now, Disclosure disclosure) {
        String message = disclosure.shown(failure);
        Optional<Duration> wait = failure.roomAt().map(at -> Duration.between(now, at));
        return switch (failure.reason()) {
            case REJECTED -> rejected(failure, disclosure);
            case FILTERED ->
                ApiError.of(BAD_REQUEST, INVALID, codeOfLast(failure).orElse("content_filter"), message);
            case TOO_LARGE -> ApiError.of(BAD_REQUEST, INVALID, "context_length_exceeded", message);
            case NO_ACCOUNT -> waiting(SERVICE_UNAVAILABLE, SERVER, "no_account", message, wait);
            case NO_ROOM_IN_TIME -> waiting(TOO_MANY_REQUESTS, LIMITED, "rate_limit_exceeded", message, wait);
            case CALLER_TIMEOUT ->
                waiting(
                        TOO_MANY_REQUESTS,
                        LIMITED,
                        "rate_limit_exceeded",
                        message + " (in OpenAI's libraries: timeout)",
                        wait.filter(until -> until.compareTo(LONGEST_OBEYED) < 0)
                                .or(() -> Optional.of(LONGEST_OBEYED)));
            case DEADLINE -> waiting(GATEWAY_TIME_OUT, SERVER, "deadline_exceeded", message, wait);
            case LINE_FULL -> waiting(SERVICE_UNAVAILABLE, SERVER, "overloaded", message, wait);
            case ATTEMPTS_EXHAUSTED -> ApiError.of(BAD_GATEWAY, SERVER, "upstream_failed", message);
            case STREAM_INTERRUPTED -> ApiError.of(BAD_GATEWAY, SERVER, "stream_interrupted", message);
            case CLOSED -> ApiError.of(SERVICE_UNAVAILABLE, SERVER, "closing", message);
        };
    }

    /**
     * What the service itself said is worth more than our words for it; but a 401 would say that the client's own key
     * is wrong.
     */
    private static ApiError rejected(PromptException failure, Disclosure disclosure) {
        List<AttemptReport> attempts = failure.attempts();
        if (attempts.isEmpty()) {
            return ApiError.of(BAD_REQUEST, INVALID, "invalid_request", disclosure.shown(failure));
        }
        AttemptReport last = attempts.get(attempts.size() - 1);
        int status = last.failure().status().orElse(BAD_REQUEST);
        return ApiError.of(
                status >= BAD_REQUEST && status < INTERNAL_SERVER_ERROR && status != UNAUTHORIZED
                        ? status
                        : BAD_REQUEST,
                INVALID,
                last.failure().code().orElse("invalid_request"),
                disclosure.shown(last.failure().message()));
    }

    /** Returns the code that the service gave the last attempt; empty if it gave none. */
    private static Optional<String> codeOfLast(PromptException failure) {
        List<AttemptReport> attempts = failure.attempts();
        return attempts.isEmpty()
                ? Optional.empty()
                : attempts.get(attempts.size() - 1).failure().code();
    }

    private static ApiError waiting(int status, String type, String code, String message, Optional<Duration> wait) {
        return new ApiError(status, type, code, Optional.empty(), message, wait);
    }
}
