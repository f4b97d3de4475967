package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import java.util.Collection;
import java.util.Map;

/** The schema that an answer has to match, as chat completions want it. Stateless. */
final class OutputFormat {

    private OutputFormat() {}

    /** Returns the {@code response_format} for a {@code format} of {@code output_config}. */
    static Map<String, Object> of(Fields format) {
        String type = format.text("type").orElse("");
        if (!type.equals("json_schema")) {
            throw format.wrong("type", "must be json_schema, not '" + type + "'");
        }
        Object schema = format.take("schema").orElseThrow(() -> format.wrong("schema", "is missing"));
        Map<String, Object> rest = Fields.object(format.at("schema"), schema).rest();
        return Map.of(
                "type",
                "json_schema",
                "json_schema",
                Map.of("name", "output", "strict", canBeStrict(rest), "schema", rest));
    }

    /**
     * Returns whether services with strict schemas take this one. They want every property of every object required,
     * and no others; Anthropic's may be optional.
     */
    private static boolean canBeStrict(Object schema) {
        if (schema instanceof Collection<?> several) {
            return several.stream().allMatch(OutputFormat::canBeStrict);
        }
        if (!(schema instanceof Map<?, ?> map)) {
            return true;
        }
        if (map.get("properties") instanceof Map<?, ?> properties
                && !(Boolean.FALSE.equals(map.get("additionalProperties"))
                        && map.get("required") instanceof Collection<?> required
                        && required.containsAll(properties.keySet()))) {
            return false;
        }
        return map.values().stream().allMatch(value -> value == null || canBeStrict(value));
    }
}
