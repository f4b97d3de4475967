package dev.whippletree.emulator.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes values that a JSON schema allows: every property, one element for each list, the first of alternatives.
 * Immutable.
 *
 * <p>Of the schema's words it knows those that the services' own strict mode does; patterns and formats of texts aren't
 * among them.
 *
 * @param root the whole schema, in which references are looked up
 * @param text what stands wherever any text may
 */
record SchemaValues(Map<?, ?> root, String text) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Schemas may name themselves; what lies deeper is left out. */
    private static final int MOST_DEPTH = 8;

    /** Returns a value that the whole schema allows, as JSON. */
    String json() {
        return MAPPER.writeValueAsString(value(root, 0));
    }

    private @Nullable Object value(Object schema, int depth) {
        if (!(schema instanceof Map<?, ?> given) || depth > MOST_DEPTH) {
            return null;
        }
        Map<?, ?> fields = resolved(given);
        if (fields.containsKey("const")) {
            return fields.get("const");
        }
        for (String alternatives : List.of("enum", "anyOf", "oneOf")) {
            if (fields.get(alternatives) instanceof List<?> list && !list.isEmpty()) {
                return alternatives.equals("enum") ? list.get(0) : value(list.get(0), depth + 1);
            }
        }
        return switch (type(fields)) {
            case "object" -> object(fields, depth);
            case "array" -> {
                Object element = value(Objects.requireNonNullElse(fields.get("items"), Map.of()), depth + 1);
                yield element == null ? List.of() : List.of(element);
            }
            case "string" -> text;
            case "integer", "number" -> Objects.requireNonNullElse(fields.get("minimum"), text.length());
            case "boolean" -> true;
            default -> null;
        };
    }

    private Map<String, @Nullable Object> object(Map<?, ?> fields, int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        if (fields.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, schema) -> object.put(String.valueOf(name), value(schema, depth + 1)));
        }
        return object;
    }

    /** Several types are alternatives; without any, properties tell an object. */
    private static String type(Map<?, ?> fields) {
        Object type =
                fields.get("type") instanceof List<?> types && !types.isEmpty() ? types.get(0) : fields.get("type");
        return type == null && fields.containsKey("properties") ? "object" : String.valueOf(type);
    }

    /** Follows a reference into the same schema: {@code #/$defs/Name}. */
    private Map<?, ?> resolved(Map<?, ?> fields) {
        if (!(fields.get("$ref") instanceof String reference) || !reference.startsWith("#")) {
            return fields;
        }
        Object place = root;
        for (String step : reference.substring(1).split("/")) {
            if (!step.isEmpty()) {
                place = place instanceof Map<?, ?> map ? map.get(step) : null;
            }
        }
        return place instanceof Map<?, ?> found ? found : fields;
    }
}
