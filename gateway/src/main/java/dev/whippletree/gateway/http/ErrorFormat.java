package dev.whippletree.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a protocol writes an error. Stateless; thread-safe. */
public interface ErrorFormat {

    /** OpenAI's, for every path that has no other. */
    ErrorFormat OPENAI = new ErrorFormat() {

        @Override
        public int status(ApiError error) {
            return error.status();
        }

        @Override
        public Map<String, Object> json(ApiError error, String requestId) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("message", error.message());
            json.put("type", error.type());
            json.put("param", error.param().orElse(null));
            json.put("code", error.code());
            return Map.of("error", json);
        }
    };

    /** Returns the HTTP status that the protocol's clients expect of an error. */
    int status(ApiError error);

    /**
     * Returns an error as the protocol's clients read it.
     *
     * @param requestId the request's id, for protocols whose errors contain it
     */
    Map<String, Object> json(ApiError error, String requestId);
}
