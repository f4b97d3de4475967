package dev.whippletree.gateway;

import com.google.common.base.Utf8;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON as JDK types. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * Returns a JSON object; empty if it is anything else.
     *
     * @throws RequestException if it isn't UTF-8, of which Jackson takes overlong forms
     */
    @SuppressWarnings("unchecked")
    static Optional<Map<String, Object>> object(byte[] bytes) {
        if (!Utf8.isWellFormed(bytes)) {
            throw new RequestException(ApiError.wrong("", "the body isn't UTF-8"));
        }
        try {
            Object value = MAPPER.readValue(bytes, Object.class);
            return value instanceof Map<?, ?> map ? Optional.of((Map<String, Object>) map) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
