package dev.whippletree.batch.file;

import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes lines of JSON as JDK types. Stateless. */
final class JsonObjects {

    private static final int DEEPEST = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(Lines.MOST_BYTES)
                            .build())
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonObjects() {}

    /** Returns a JSON object; empty if the text is anything else. */
    @SuppressWarnings("unchecked")
    static Optional<Map<String, Object>> object(String text) {
        try {
            return MAPPER.readValue(text, Object.class) instanceof Map<?, ?> map
                    ? Optional.of((Map<String, Object>) map)
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Returns JSON as a tree; empty if the text isn't JSON. */
    static Optional<JsonNode> tree(String text) {
        try {
            return Optional.of(MAPPER.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Returns a tree in JDK types; of something that isn't null. */
    static Object value(JsonNode tree) {
        return MAPPER.treeToValue(tree, Object.class);
    }

    /** Returns what writes JSON in UTF-8, and closes the stream. */
    static JsonGenerator generator(OutputStream stream) {
        return MAPPER.createGenerator(stream);
    }

    /** Returns a value as JSON on one line, in UTF-8. */
    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
