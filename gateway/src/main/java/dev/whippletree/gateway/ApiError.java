package dev.whippletree.gateway;

import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.PromptException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * An error response in OpenAI's format. Immutable.
 *
 * @param status the HTTP status
 * @param type the sort of error, by which official clients choose an exception
 * @param code what happened, for programs
 * @param param the field of the request that it is about; absent: none
 * @param message what happened, for people
 * @param retryAfter how long to wait before a retry makes sense; absent: unknown, or never
 */
record ApiError(
        int status, String type, String code, Optional<String> param, String message, Optional<Duration> retryAfter) {

    /** The type of an error whose message may quote the request. */
    static final String INVALID = "invalid_request_error";

    private static final String SERVER = "server_error";
    private static final String LIMITED = "rate_limit_error";

    /** What all clients obey: openai for npm waits 8 s or less instead of anything longer, the one for Python gives up above 120 s. */
    private static final Duration LONGEST_OBEYED = Duration.ofSeconds(60);

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int WRONG_METHOD = 405;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FAILED = 500;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int FIRST_SERVER_ERROR = 500;

    private static final Duration BUSY_PAUSE = Duration.ofSeconds(2);

    private static ApiError of(int status, String type, String code, String message) {
        return new ApiError(status, type, code, Optional.empty(), message, Optional.empty());
    }

    /** The request can't be understood or fulfilled as it is. */
    static ApiError wrong(String param, String message) {
        return new ApiError(
                BAD_REQUEST,
                INVALID,
                "invalid_value",
                param.isEmpty() ? Optional.empty() : Optional.of(param),
                message,
                Optional.empty());
    }

    /** The request itself can't be read, or could be read in two ways. */
    static ApiError malformed(String message) {
        return of(BAD_REQUEST, INVALID, "malformed_request", message);
    }

    static ApiError unauthorized(String message) {
        return of(UNAUTHORIZED, "authentication_error", "invalid_api_key", message);
    }

    /** Refuses a request regardless of its key. */
    static ApiError forbidden(String message) {
        return of(FORBIDDEN, "permission_error", "forbidden", message);
    }

    static ApiError noSuchPlace(String message) {
        return of(NOT_FOUND, INVALID, "not_found", message);
    }

    static ApiError wrongMethod(String message) {
        return of(WRONG_METHOD, INVALID, "method_not_allowed", message);
    }

    static ApiError noSuchModel(String message) {
        return new ApiError(NOT_FOUND, INVALID, "model_not_found", Optional.of("model"), message, Optional.empty());
    }

    static ApiError bodyTooLarge(long most) {
        return of(TOO_LARGE, INVALID, "request_too_large", "a request may have at most " + most + " bytes");
    }

    /** However long the client waits, the request won't fit. */
    static ApiError tooMuchMemory(long most) {
        return of(
                TOO_LARGE,
                INVALID,
                "request_too_large",
                "the request needs more memory than the " + most + " bytes that one client may use, by the gateway's"
                        + " estimate; the operator can raise 'memory'");
    }

    /** There is no memory for the request just now. */
    static ApiError busy() {
        return busy("the gateway has no memory left for another request; retry later");
    }

    /** Other requests have all the connections that there are for the client just now. */
    static ApiError noConnection() {
        return busy("the gateway has no connection left for another request; retry later");
    }

    private static ApiError busy(String message) {
        return new ApiError(UNAVAILABLE, SERVER, "gateway_busy", Optional.empty(), message, Optional.of(BUSY_PAUSE));
    }

    /** The client has used what it may. */
    static ApiError limited(String limit, Duration retryAfter) {
        return new ApiError(
                TOO_MANY_REQUESTS,
                LIMITED,
                "rate_limit_exceeded",
                Optional.empty(),
                "this key's own limit of " + limit + " is used up",
                Optional.of(retryAfter));
    }

    /** The gateway ends before the request could be answered. */
    static ApiError closing() {
        return of(UNAVAILABLE, SERVER, "closing", "the gateway is shutting down; retry once it is back");
    }

    static ApiError internal() {
        return of(FAILED, SERVER, "internal_error", "internal error of the gateway; see its log");
    }

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
            return noSuchModel(
                    disclosure.accountsShown()
                            ? String.join("; ", misdirected.problems())
                            : "no route or model has this name any more");
        }
        return internal();
    }

    private static ApiError of(PromptException failure, Instant now, Disclosure disclosure) {
        String message = disclosure.told(failure);
        Optional<Duration> wait = failure.roomAt().map(at -> Duration.between(now, at));
        return switch (failure.reason()) {
            case REJECTED -> rejected(failure, disclosure);
            case FILTERED -> of(BAD_REQUEST, INVALID, codeOfLast(failure).orElse("content_filter"), message);
            case TOO_LARGE -> of(BAD_REQUEST, INVALID, "context_length_exceeded", message);
            case NO_ACCOUNT -> waiting(UNAVAILABLE, SERVER, "no_account", message, wait);
            case NO_ROOM_IN_TIME -> waiting(TOO_MANY_REQUESTS, LIMITED, "rate_limit_exceeded", message, wait);
            case CALLER_TIMEOUT ->
                waiting(
                        TOO_MANY_REQUESTS,
                        LIMITED,
                        "rate_limit_exceeded",
                        message + " (in OpenAI's libraries: timeout)",
                        wait.filter(until -> until.compareTo(LONGEST_OBEYED) < 0)
                                .or(() -> Optional.of(LONGEST_OBEYED)));
            case DEADLINE -> waiting(GATEWAY_TIMEOUT, SERVER, "deadline_exceeded", message, wait);
            case LINE_FULL -> waiting(UNAVAILABLE, SERVER, "overloaded", message, wait);
            case ATTEMPTS_EXHAUSTED -> of(BAD_GATEWAY, SERVER, "upstream_failed", message);
            case STREAM_INTERRUPTED -> of(BAD_GATEWAY, SERVER, "stream_interrupted", message);
            case CLOSED -> of(UNAVAILABLE, SERVER, "closing", message);
        };
    }

    /** What the service itself said is worth more than our words for it; but a 401 would say that the client's own key is wrong. */
    private static ApiError rejected(PromptException failure, Disclosure disclosure) {
        List<AttemptReport> attempts = failure.attempts();
        if (attempts.isEmpty()) {
            return of(BAD_REQUEST, INVALID, "invalid_request", disclosure.told(failure));
        }
        AttemptReport last = attempts.get(attempts.size() - 1);
        int status = last.failure().status().orElse(BAD_REQUEST);
        return of(
                status >= BAD_REQUEST && status < FIRST_SERVER_ERROR && status != UNAUTHORIZED ? status : BAD_REQUEST,
                INVALID,
                last.failure().code().orElse("invalid_request"),
                disclosure.told(last.failure().message()));
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

    /** Returns the error as clients read it. */
    Map<String, Object> json() {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param.orElse(null));
        error.put("code", code);
        return Map.of("error", error);
    }
}
