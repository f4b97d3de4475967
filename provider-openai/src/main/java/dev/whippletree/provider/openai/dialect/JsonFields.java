package dev.whippletree.provider.openai.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes JSON, and looks into it without ever throwing over a missing or misshapen field.
 *
 * <p>By the bare parser and generator: a mapper takes longer to make than a command's first call takes.
 */
public final class JsonFields {

    /** Values, names and brackets; each takes some fifty bytes of memory, though it may be sent as one. */
    public static final int MOST_VALUES = 1_000_000;

    /** An answer is one string more often than not, so a string may be as long as an answer: in bytes. */
    public static final int LONGEST = 16 << 20;

    /** Left to itself, Jackson keeps thousands of names for good, whatever services send. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(LONGEST).build())
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    /** Levels of a value that is passed on; what surrounds it adds some. */
    private static final int DEEPEST = 80;

    private static final int FEW_NUMBERS = 16;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonFields() {}

    /** Writes maps, lists, strings, numbers, booleans and null. */
    public static byte[] write(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(value, generator);
        }
        return bytes.toByteArray();
    }

    private static void write(@Nullable Object value, JsonGenerator generator) {
        if (value instanceof Map<?, ?> object) {
            generator.writeStartObject();
            object.forEach((name, member) -> {
                generator.writeName(String.valueOf(name));
                write(member, generator);
            });
            generator.writeEndObject();
        } else if (value instanceof List<?> array) {
            generator.writeStartArray();
            array.forEach(element -> write(element, generator));
            generator.writeEndArray();
        } else {
            writeScalar(value, generator);
        }
    }

    private static void writeScalar(@Nullable Object value, JsonGenerator generator) {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof Double || value instanceof Float) {
            generator.writeNumber(((Number) value).doubleValue()); // Tells those that JSON can't write as text.
        } else if (value instanceof Number) {
            generator.writeNumber(value.toString());
        } else {
            generator.writeString(value.toString());
        }
    }

    /**
     * Returns the whole of a text as JSON; empty if it isn't JSON in UTF-8, or nothing.
     *
     * <p>Decoded by the JDK: the parser's own decoder takes bytes for characters that are none.
     */
    public static Optional<JsonNode> parse(byte[] text) {
        return parse(text, false);
    }

    /**
     * Returns the same of an answer with vectors. An array that begins with a number must have numbers only; in its
     * place is an array of one {@code float[]}. These numbers don't count as values.
     */
    public static Optional<JsonNode> parseVectors(byte[] text) {
        return parse(text, true);
    }

    private static Optional<JsonNode> parse(byte[] text, boolean vectors) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            int start = decoded.hasRemaining() && decoded.get(0) == BYTE_ORDER_MARK ? 1 : 0;
            return parse(
                    JSON.createParser(ObjectReadContext.empty(), decoded.array(), start, decoded.limit() - start),
                    vectors);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Returns the whole of a text as JSON; empty if it isn't JSON, or nothing. */
    public static Optional<JsonNode> parse(String text) {
        return parse(JSON.createParser(ObjectReadContext.empty(), text), false);
    }

    private static Optional<JsonNode> parse(JsonParser text, boolean vectors) {
        try (JsonParser parser = text) {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            ArrayNode root = NODES.arrayNode();
            readInto(root, parser, vectors);
            return parser.nextToken() == null ? Optional.of(root.get(0)) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Returns the object or array of which a text is only the start, with what came whole; empty if it is none. */
    static Optional<JsonNode> parseStart(String text) {
        ArrayNode root = NODES.arrayNode();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != null) {
                readInto(root, parser, false);
            }
            return Optional.empty();
        } catch (UnexpectedEndOfInputException e) {
            return Optional.ofNullable(root.get(0));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Reads one value, with a stack of its own: how deep JSON is nested is up to the service. */
    private static void readInto(ArrayNode root, JsonParser parser, boolean vectors) {
        Deque<JsonNode> open = new ArrayDeque<>(List.of(root));
        int values = 0;
        do {
            if (++values > MOST_VALUES) {
                throw new StreamConstraintsException("more than " + MOST_VALUES + " values");
            }
            if (parser.currentToken().isStructEnd()) {
                open.pop();
            } else if (vectors && beginsVector(parser, open)) {
                ((ArrayNode) open.pop()).add(NODES.pojoNode(numbers(parser)));
            } else if (parser.currentToken() != JsonToken.PROPERTY_NAME) {
                JsonNode child = childless(parser);
                if (open.element() instanceof ObjectNode object) {
                    object.set(parser.currentName(), child);
                } else {
                    ((ArrayNode) open.element()).add(child);
                }
                if (child.isContainer()) {
                    open.push(child);
                }
            }
        } while (open.size() > 1 && parser.nextToken() != null);
    }

    private static boolean beginsVector(JsonParser parser, Deque<JsonNode> open) {
        return parser.currentToken().isNumeric()
                && open.size() > 1
                && open.element().isArray()
                && open.element().isEmpty();
    }

    /** Reads the numbers from here to the end of their array. */
    private static float[] numbers(JsonParser parser) {
        float[] numbers = new float[FEW_NUMBERS];
        int count = 0;
        for (JsonToken token = parser.currentToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (!token.isNumeric()) {
                throw new StreamReadException(parser, "not a number in an array of numbers");
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count] = (float) parser.getDoubleValue();
            count++;
        }
        return Arrays.copyOf(numbers, count);
    }

    /** Returns the value that begins here, an object or an array without what it holds. */
    private static JsonNode childless(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> NODES.objectNode();
            case START_ARRAY -> NODES.arrayNode();
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> wholeNumber(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
            default -> NODES.nullNode();
        };
    }

    private static JsonNode wholeNumber(JsonParser parser) {
        return parser.getNumberType() == NumberType.BIG_INTEGER
                ? NODES.numberNode(parser.getBigIntegerValue())
                : NODES.numberNode(parser.getLongValue());
    }

    /**
     * Returns a value in JDK types. What JSON can't express again is null: numbers beyond ±1.8e308, and what is nested
     * deeper than anybody passes on.
     */
    public static @Nullable Object value(JsonNode node) {
        return value(node, 0);
    }

    private static @Nullable Object value(JsonNode node, int depth) {
        if (node.isObject() && depth < DEEPEST) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            node.properties().forEach(member -> object.put(member.getKey(), value(member.getValue(), depth + 1)));
            return object;
        }
        if (node.isArray() && depth < DEEPEST) {
            List<@Nullable Object> array = new ArrayList<>(node.size());
            node.forEach(element -> array.add(value(element, depth + 1)));
            return array;
        }
        if (node.isNumber()) {
            Number number = node.numberValue();
            return Double.isInfinite(number.doubleValue()) ? null : number;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isString() ? node.stringValue() : null;
    }

    /** Returns a field's value; empty if it is missing or null. */
    public static Optional<JsonNode> present(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    /** Returns an object that stands in a field; empty if there is none. */
    public static Optional<JsonNode> object(JsonNode node, String field) {
        return present(node, field).filter(JsonNode::isObject);
    }

    /** Returns a field's value if it is a string with something in it. */
    public static Optional<String> text(JsonNode node, String field) {
        return present(node, field)
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(text -> !text.isEmpty());
    }

    /** Returns a field's value if it is a whole number of 0 or more. */
    public static Optional<Long> count(JsonNode node, String field) {
        return present(node, field)
                .filter(JsonNode::canConvertToLong)
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::longValue)
                .filter(count -> count >= 0);
    }
}
