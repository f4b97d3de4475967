package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.http.ApiError.INVALID;
import static dev.whippletree.gateway.http.ApiError.LIMITED;
import static dev.whippletree.gateway.http.ApiError.SERVER;
import static io.undertow.util.StatusCodes.BAD_GATEWAY;
import static io.undertow.util.StatusCodes.BAD_REQUEST;
import static io.undertow.util.StatusCodes.GATEWAY_TIME_OUT;
import static io.undertow.util.StatusCodes.INTERNAL_SERVER_ERROR;
import static io.undertow.util.StatusCodes.NOT_FOUND;
import static io.undertow.util.StatusCodes.SERVICE_UNAVAILABLE;
import static io.undertow.util.StatusCodes.TOO_MANY_REQUESTS;
import static io.undertow.util.StatusCodes.UNAUTHORIZED;

import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Failure;
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

    /** Where calls failed for so long, the client's own retries would only repeat that. */
    private static final Duration LONG_TRIED = Duration.ofSeconds(60);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private PromptError() {}

    /**
     * Puts a prompt's failure into a client's terms.
     *
     * @param now from which waiting counts
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
        boolean triedLong = failure.tried().compareTo(LONG_TRIED) >= 0;
        return switch (failure.reason()) {
            case REJECTED -> rejected(failure, disclosure, message);
            case FILTERED -> {
                String code = lastOf(failure).flatMap(Failure::code).orElse("content_filter");
                yield blamed(BAD_REQUEST, code, failure, disclosure, message);
            }
            case TOO_LARGE -> blamed(BAD_REQUEST, "context_length_exceeded", failure, disclosure, message);
            case NO_ACCOUNT -> passing(SERVICE_UNAVAILABLE, "no_account", message, wait, false);
            case NO_ROOM_IN_TIME -> limited(message, wait);
            case CALLER_TIMEOUT ->
                limited(
                        message + " (in OpenAI's libraries: timeout)",
                        wait.filter(until -> until.compareTo(LONGEST_OBEYED) < 0)
                                .or(() -> Optional.of(LONGEST_OBEYED)));
            case DEADLINE -> passing(GATEWAY_TIME_OUT, "deadline_exceeded", message, wait, triedLong);
            case LINE_FULL -> passing(SERVICE_UNAVAILABLE, "overloaded", message, wait, false);
            case ATTEMPTS_EXHAUSTED -> passing(BAD_GATEWAY, "upstream_failed", message, wait, triedLong);
            case STREAM_INTERRUPTED -> passing(BAD_GATEWAY, "stream_interrupted", message, wait, false);
            case CLOSED -> passing(SERVICE_UNAVAILABLE, "closing", message, wait, false);
        };
    }

    /**
     * What the service itself said is worth more than our words for it; but a 401 would say that the client's own key
     * is wrong, and a 404 without a code, of a server that has no such path, doesn't say who refuses
     * what.
     */
    private static ApiError rejected(PromptException failure, Disclosure disclosure, String message) {
        Optional<Failure> last = lastOf(failure);
        int status = last.map(failed -> failed.status().orElse(BAD_REQUEST)).orElse(BAD_REQUEST);
        boolean clients = status >= BAD_REQUEST && status < INTERNAL_SERVER_ERROR && status != UNAUTHORIZED;
        return blamed(
                clients ? status : BAD_REQUEST,
                last.flatMap(Failure::code).orElse("invalid_request"),
                failure,
                disclosure,
                last.filter(failed -> failed.code().isPresent() || status != NOT_FOUND)
                        .map(failed -> disclosure.shown(failed.message()))
                        .orElse(message));
    }

    /** The request is at fault, in the field that the service named, if it named one. */
    private static ApiError blamed(
            int status, String code, PromptException failure, Disclosure disclosure, String message) {
        ApiError error = ApiError.of(status, INVALID, code, message);
        return lastOf(failure)
                .flatMap(Failure::param)
                .map(param -> error.about(disclosure.shown(param)))
                .orElse(error);
    }

    private static ApiError limited(String message, Optional<Duration> wait) {
        ApiError error = ApiError.of(TOO_MANY_REQUESTS, LIMITED, "rate_limit_exceeded", message);
        return wait.map(error::retryIn).orElse(error);
    }

    /**
     * The same request may succeed later.
     *
     * @param lasting whether it was tried for so long that it won't soon
     */
    private static ApiError passing(int status, String code, String message, Optional<Duration> wait, boolean lasting) {
        ApiError error = ApiError.of(status, SERVER, code, message).retryIn(wait.orElse(SHORTEST_PAUSE));
        return lasting ? error.forGood() : error;
    }

    private static Optional<Failure> lastOf(PromptException failure) {
        List<AttemptReport> attempts = failure.attempts();
        return attempts.isEmpty()
                ? Optional.empty()
                : Optional.of(attempts.get(attempts.size() - 1).failure());
    }
}
