package dev.whippletree.terminal;

import dev.whippletree.model.ShownText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes JSON for programs, safe to show on a terminal, and reads it back. Stateless. Loaded only when needed, because
 * creating a mapper takes a tenth of a second.
 */
public final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** Returns maps, lists, texts and numbers as indented JSON. */
    public static String write(Object tree) {
        return ShownText.json(MAPPER.writeValueAsString(tree));
    }

    /** Returns records, maps, lists, texts and numbers as JSON on one line. */
    public static String line(Object value) {
        return ShownText.json(
                MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value));
    }

    /**
     * Reads a value from JSON.
     *
     * @throws IllegalArgumentException if it isn't JSON of such a value
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("no " + type.getSimpleName() + ": null");
            }
            return value;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }
}
