package dev.whippletree.gateway.http;

import java.util.Map;

/** How a protocol writes an error. Stateless; thread-safe. */
public interface ErrorFormat {

    /** OpenAI's, for every path that has no other. */
    ErrorFormat OPENAI = (error, requestId) -> Map.of(
            "error",
            GatewayJson.of(
                    "message", error.message(),
                    "type", error.type(),
                    "param", error.param().orElse(null),
                    "code", error.code()));

    /** Returns the HTTP status that the protocol's clients expect of an error: the error's own, unless they differ. */
    default int status(ApiError error) {
        return error.status();
    }

    /**
     * Returns an error as the protocol's clients read it.
     *
     * @param requestId the request's id, for protocols whose errors contain it
     */
    Map<String, Object> json(ApiError error, String requestId);
}
