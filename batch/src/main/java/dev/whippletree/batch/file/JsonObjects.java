package dev.whippletree.batch.file;

import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes lines of JSON as JDK types. Stateless. */
final class JsonObjects {

    /**
     * Values, names and brackets of an object: each takes some fifty bytes of memory, though it may be sent as one or
     * two. A request to embed has at most 300,000 numbers of tokens.
     */
    private static final int MOST_TOKENS = 400_000;

    /** Of an object: as many as a request of the gateway may have, and those of the line around it. */
    private static final int MOST_DEPTH = 92;

    private static final int MOST_NAME_LENGTH = 10_000;
    private static final int MOST_NUMBER_LENGTH = 1_000;
    private static final int DEEPEST_RESULT = 200;

    private static final JsonMapper OBJECTS = mapper(StreamReadConstraints.builder()
            .maxTokenCount(MOST_TOKENS)
            .maxNestingDepth(MOST_DEPTH)
            .maxNameLength(MOST_NAME_LENGTH)
            .maxNumberLength(MOST_NUMBER_LENGTH)
            .maxStringLength(Lines.MOST_BYTES)
            .build());

    /** A result may have far more values: those of the vectors of many texts. */
    private static final JsonMapper MAPPER = mapper(StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST_RESULT)
            .maxStringLength(Lines.MOST_BYTES)
            .build());

    private JsonObjects() {}

    /** Jackson would keep names of fields for good, to find them again: whoever writes lines could fill the heap. */
    private static JsonMapper mapper(StreamReadConstraints bounds) {
        return JsonMapper.builder(JsonFactory.builder()
                        .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                        .streamReadConstraints(bounds)
                        .recyclerPool(JsonRecyclerPools.threadLocalPool())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /**
     * Returns a JSON object; empty if the text is anything else.
     *
     * @throws IllegalArgumentException if it is beyond a bound, saying which there are
     */
    @SuppressWarnings("unchecked")
    static Optional<Map<String, Object>> object(String text) {
        try {
            return OBJECTS.readValue(text, Object.class) instanceof Map<?, ?> map
                    ? Optional.of((Map<String, Object>) map)
                    : Optional.empty();
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException(
                    "this has more than a prompt may have: " + MOST_TOKENS + " values, names and brackets, "
                            + MOST_DEPTH + " levels, names of " + MOST_NAME_LENGTH + " characters and numbers of "
                            + MOST_NUMBER_LENGTH + " digits",
                    e);
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
