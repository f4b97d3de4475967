package dev.whippletree.gateway.messages;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.ErrorFormat;
import dev.whippletree.gateway.http.GatewayJson;
import io.undertow.util.StatusCodes;
import java.util.Map;

/**
 * Errors of Anthropic's Messages. Stateless.
 *
 * @see <a href="https://docs.anthropic.com/en/api/errors">Anthropic's list</a>
 */
public final class MessagesErrors implements ErrorFormat {

    private static final int OVERLOADED = 529;

    /** By these words, Claude Code knows that it has to shorten its conversation. */
    private static final String TOO_LONG = "prompt is too long: ";

    @Override
    public int status(ApiError error) {
        return error.status() == StatusCodes.SERVICE_UNAVAILABLE ? OVERLOADED : error.status();
    }

    @Override
    public Map<String, Object> json(ApiError error, String requestId) {
        boolean tooLong = error.code().equals("context_length_exceeded");
        Map<String, Object> inner = GatewayJson.of(
                "type", type(status(error)),
                "message", tooLong ? TOO_LONG + error.message() : error.message(),
                "code", error.code());
        if (!error.details().isEmpty()) {
            inner.put("details", error.details());
        }
        return GatewayJson.of("type", "error", "error", inner, "request_id", requestId);
    }

    private static String type(int status) {
        return switch (status) {
            case StatusCodes.UNAUTHORIZED -> "authentication_error";
            case StatusCodes.FORBIDDEN -> "permission_error";
            case StatusCodes.NOT_FOUND -> "not_found_error";
            case StatusCodes.REQUEST_ENTITY_TOO_LARGE -> "request_too_large";
            case StatusCodes.TOO_MANY_REQUESTS -> "rate_limit_error";
            case OVERLOADED -> "overloaded_error";
            default -> status < StatusCodes.INTERNAL_SERVER_ERROR ? "invalid_request_error" : "api_error";
        };
    }
}
