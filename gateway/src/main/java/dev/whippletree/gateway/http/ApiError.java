package dev.whippletree.gateway.http;

import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An error response, in the words of OpenAI; an {@link ErrorFormat} writes it. Immutable.
 *
 * @param type the sort of error, by which official clients choose an exception
 * @param param the field of the request that it is about; absent: none
 * @param retryAfter how long to wait before a retry makes sense; absent: unknown, or never
 * @param lasting whether asking again soon can't help, whatever the status
 * @param details more for programs, in formats that have a place for it; empty: none
 */
public record ApiError(
        int status,
        String type,
        String code,
        Optional<String> param,
        String message,
        Optional<Duration> retryAfter,
        boolean lasting,
        Map<String, Object> details) {

    /** The type of an error whose message may quote the request. */
    public static final String INVALID = "invalid_request_error";

    private static final int TOO_EARLY = 425;
    private static final int INSUFFICIENT_STORAGE = 507;

    /** The type of an error that is the gateway's or a service's. */
    public static final String SERVER = "server_error";
    /** The type of an error that a limit makes. */
    public static final String LIMITED = "rate_limit_error";

    private static final Duration BUSY_PAUSE = Duration.ofSeconds(2);

    /** What may pass by itself, of the errors that are otherwise the request's fault. */
    private static final Set<Integer> PASSING =
            Set.of(StatusCodes.REQUEST_TIME_OUT, StatusCodes.CONFLICT, TOO_EARLY, StatusCodes.TOO_MANY_REQUESTS);

    /** Returns an error that may pass, and names no field and no wait. */
    public static ApiError of(int status, String type, String code, String message) {
        return new ApiError(status, type, code, Optional.empty(), message, Optional.empty(), false, Map.of());
    }

    /** The request can't be understood or fulfilled as it is. */
    public static ApiError wrong(String param, String message) {
        ApiError wrong = of(StatusCodes.BAD_REQUEST, INVALID, "invalid_value", message);
        return param.isEmpty() ? wrong : wrong.about(param);
    }

    /** The request itself can't be read, or could be read in two ways. */
    static ApiError malformed(String message) {
        return of(StatusCodes.BAD_REQUEST, INVALID, "malformed_request", message);
    }

    /** The request shows no key, or a wrong one. */
    public static ApiError unauthorized(String message) {
        return of(StatusCodes.UNAUTHORIZED, "authentication_error", "invalid_api_key", message);
    }

    /** Refuses a request regardless of its key. */
    public static ApiError forbidden(String message) {
        return of(StatusCodes.FORBIDDEN, "permission_error", "forbidden", message);
    }

    public static ApiError noSuchPlace(String message) {
        return of(StatusCodes.NOT_FOUND, INVALID, "not_found", message);
    }

    public static ApiError wrongMethod(String message) {
        return of(StatusCodes.METHOD_NOT_ALLOWED, INVALID, "method_not_allowed", message);
    }

    /** The client may name no such route or model. */
    public static ApiError noSuchModel(String message) {
        return of(StatusCodes.NOT_FOUND, INVALID, "model_not_found", message).about("model");
    }

    /** The body is packed in a way that isn't unpacked here. */
    static ApiError unknownEncoding(String encoding) {
        return of(
                StatusCodes.UNSUPPORTED_MEDIA_TYPE,
                INVALID,
                "unsupported_content_encoding",
                "the gateway can't unpack Content-Encoding '" + encoding + "'; send the body unpacked");
    }

    public static ApiError bodyTooLarge(long most) {
        return of(
                StatusCodes.REQUEST_ENTITY_TOO_LARGE,
                INVALID,
                "request_too_large",
                "a request's body may have at most " + most + " bytes, unpacked");
    }

    /** However long the client waits, the request won't fit. */
    static ApiError tooMuchMemory(long most) {
        return of(
                StatusCodes.REQUEST_ENTITY_TOO_LARGE,
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

    /** No thread can be had for the request just now. */
    public static ApiError noThread() {
        return busy("the gateway has no thread left for another request; retry later");
    }

    private static ApiError busy(String message) {
        return of(StatusCodes.SERVICE_UNAVAILABLE, SERVER, "gateway_busy", message)
                .retryIn(BUSY_PAUSE);
    }

    /** The client left too much of its answer unread, so the answer is broken off. */
    public static ApiError unread() {
        return of(
                StatusCodes.SERVICE_UNAVAILABLE,
                SERVER,
                "unread",
                "the client left too much of the answer unread while there was no memory for it");
    }

    /** The client has used what it may. */
    public static ApiError limited(String limit, Duration retryAfter) {
        return of(
                        StatusCodes.TOO_MANY_REQUESTS,
                        LIMITED,
                        "rate_limit_exceeded",
                        "this key's own limit of " + limit + " is used up")
                .retryIn(retryAfter);
    }

    /** The gateway ends before the request could be answered. */
    public static ApiError closing() {
        String message = "the gateway is shutting down; retry once it is back";
        return of(StatusCodes.SERVICE_UNAVAILABLE, SERVER, "closing", message).retryIn(Duration.ofSeconds(1));
    }

    /** The client has all the files or batches that it may have. */
    public static ApiError beyondBatches(String message) {
        return of(StatusCodes.TOO_MANY_REQUESTS, LIMITED, "batch_limit_exceeded", message)
                .forGood();
    }

    public static ApiError fileInUse(String message) {
        return of(StatusCodes.CONFLICT, INVALID, "file_in_use", message).forGood();
    }

    public static ApiError batchEnded(String message) {
        return of(StatusCodes.CONFLICT, INVALID, "batch_ended", message).forGood();
    }

    /** Something of the client's, named for people, can't be read or changed. */
    public static ApiError storageUnreadable(String what) {
        return of(
                StatusCodes.INTERNAL_SERVER_ERROR,
                SERVER,
                "storage_failed",
                "the gateway can't read or change " + what + " just now; retry later, or ask its operator to look into"
                        + " its log");
    }

    /** Something can't be kept: it was never accepted. */
    public static ApiError storageFailed() {
        return of(
                INSUFFICIENT_STORAGE,
                SERVER,
                "storage_failed",
                "the gateway can't read or write its files just now (a full disk?), so it has accepted nothing; retry"
                        + " later, or ask its operator");
    }

    public static ApiError internal() {
        return of(
                StatusCodes.INTERNAL_SERVER_ERROR,
                SERVER,
                "internal_error",
                "internal error of the gateway; see its log");
    }

    /** Returns the same error about a field of the request. */
    public ApiError about(String field) {
        return new ApiError(status, type, code, Optional.of(field), message, retryAfter, lasting, details);
    }

    /** Returns the same error with a wait, after which a retry makes sense. */
    public ApiError retryIn(Duration wait) {
        return new ApiError(status, type, code, param, message, Optional.of(wait), lasting, details);
    }

    /** Returns the same error for clients that needn't ask again soon, whatever the status. */
    public ApiError forGood() {
        return new ApiError(status, type, code, param, message, retryAfter, true, details);
    }

    /** Returns the same error with more for programs. */
    public ApiError withDetails(Map<String, Object> more) {
        return new ApiError(status, type, code, param, message, retryAfter, lasting, more);
    }

    /** Returns whether asking again can help. */
    boolean mayPass() {
        boolean clients = status >= StatusCodes.BAD_REQUEST && status < StatusCodes.INTERNAL_SERVER_ERROR;
        return !lasting && (!clients || PASSING.contains(status));
    }
}
