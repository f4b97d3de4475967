package dev.whippletree.emulator.wire;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON as JDK types. Thread-safe. */
public final class WireJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private WireJson() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException if the bytes aren't one
     */
    static Map<String, Object> readObject(byte[] bytes) {
        try {
            Map<String, Object> object = MAPPER.readValue(bytes, OBJECT);
            if (object == null) {
                throw new IllegalArgumentException("the body isn't a JSON object: null");
            }
            return object;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the body isn't a JSON object: " + e.getOriginalMessage(), e);
        }
    }
}
