package dev.whippletree.provider.openai;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON, and looks into it without ever throwing over a missing or misshapen field. */
final class Json {

    /** An answer is one string more often than not, so a string may be as long as an answer. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(BodyReader.MOST_ANSWER_BYTES)
                            .build())
                    .build())
            .build();

    private Json() {}

    static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** Returns the whole of a text as JSON; empty if it isn't JSON, or nothing. */
    static Optional<JsonNode> parse(byte[] text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Returns a field's value; empty if it is missing or null. */
    static Optional<JsonNode> present(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    static Optional<JsonNode> object(JsonNode node, String field) {
        return present(node, field).filter(JsonNode::isObject);
    }

    /** Returns a field's value if it is a string with something in it. */
    static Optional<String> text(JsonNode node, String field) {
        return present(node, field)
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(text -> !text.isEmpty());
    }

    /** Returns a field's value if it is a whole number of 0 or more. */
    static Optional<Long> count(JsonNode node, String field) {
        return present(node, field)
                .filter(JsonNode::canConvertToLong)
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::longValue)
                .filter(count -> count >= 0);
    }
}
