package dev.whippletree.gateway.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one JSON value as JDK types, with bounds on depth and on the number of values. Confined to one reading. */
final class JsonTree {

    /**
     * Far more than any request needs that is text, and a request to embed has at most 300,000 numbers of tokens. What
     * a list of as many numbers takes is still bearable: some 50 MB.
     */
    static final int MOST_VALUES = 400_000;

    /** Schemas of tools have a dozen levels. */
    static final int MOST_DEPTH = 90;

    private static final int COUNTED_TOGETHER = 1_000;

    private final JsonParser parser;
    private final IntConsumer counter;
    private int values;

    /**
     * Prepares a reading.
     *
     * @param counter is told of values, before those after them are read; may throw to end the reading
     */
    JsonTree(JsonParser parser, IntConsumer counter) {
        this.parser = parser;
        this.counter = counter;
    }

    /**
     * Reads the value.
     *
     * @return null if that is what stands there, or nothing, or more than one value
     * @throws RequestException if it is beyond a bound, saying which
     * @throws tools.jackson.core.JacksonException if it isn't JSON
     */
    @Nullable Object read() {
        JsonToken first = parser.nextToken();
        Object value = first == null ? null : value(first, 0);
        counter.accept(values % COUNTED_TOGETHER);
        return parser.nextToken() == null ? value : null;
    }

    private @Nullable Object value(JsonToken token, int depth) {
        values++;
        if (values > MOST_VALUES) {
            throw beyond("more than " + MOST_VALUES + " values");
        }
        if (values % COUNTED_TOGETHER == 0) {
            counter.accept(COUNTED_TOGETHER);
        }
        if (depth > MOST_DEPTH) {
            throw beyond("values deeper than " + MOST_DEPTH + " levels");
        }
        return switch (token) {
            case START_OBJECT -> object(depth + 1);
            case START_ARRAY -> list(depth + 1);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException("a JSON value can't begin with " + token);
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            object.put(name, value(parser.nextToken(), depth));
        }
        return object;
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(token, depth));
        }
        return list;
    }

    private static RequestException beyond(String what) {
        return new RequestException(
                ApiError.wrong("", "the request's body has " + what + ", which the gateway doesn't accept"));
    }
}
