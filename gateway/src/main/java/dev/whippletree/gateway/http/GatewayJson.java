package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON as JDK types. */
public final class GatewayJson {

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int MOST_NAME_LENGTH = 10_000;
    private static final int MOST_NUMBER_LENGTH = 1_000;

    /**
     * Of how deep and how many values there may be {@link JsonTree} says more; how long a text is, the body's bound.
     */
    private static final StreamReadConstraints BOUNDS = StreamReadConstraints.builder()
            .maxNestingDepth(2 * JsonTree.MOST_DEPTH)
            .maxNameLength(MOST_NAME_LENGTH)
            .maxNumberLength(MOST_NUMBER_LENGTH)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    /** Left to itself, Jackson keeps thousands of names for good, whatever clients send. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(BOUNDS)
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build())
            .build();

    private GatewayJson() {}

    /**
     * Reads a JSON object.
     *
     * @param counter is told how many values have been read, as they are; may throw to end the reading
     * @return empty if it is another value, or none
     * @throws RequestException if it isn't UTF-8 or JSON, saying where, or is beyond a bound, saying which
     */
    @SuppressWarnings("unchecked")
    public static Optional<Map<String, Object>> object(InputStream bytes, IntConsumer counter) {
        try (JsonParser parser = MAPPER.createParser(reader(bytes))) {
            Object value = new JsonTree(parser, counter).read();
            return value instanceof Map<?, ?> map ? Optional.of((Map<String, Object>) map) : Optional.empty();
        } catch (StreamConstraintsException e) {
            throw new RequestException(ApiError.wrong(
                    "",
                    "the request's body has a name of more than " + MOST_NAME_LENGTH
                            + " characters, or a number of more than " + MOST_NUMBER_LENGTH
                            + ", which the gateway doesn't accept"));
        } catch (StreamReadException e) {
            // Jackson's own message repeats what stands there, which may be a secret.
            throw new RequestException(ApiError.wrong(
                    "",
                    "the request's body isn't valid JSON: see line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr()));
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw notUtf8();
            }
            return Optional.empty();
        } catch (IOException e) {
            throw notUtf8();
        }
    }

    /**
     * Jackson's own decoder takes overlong forms, the JDK's takes UTF-8 alone, but keeps the mark that some begin it
     * with.
     */
    private static Reader reader(InputStream bytes) throws IOException {
        PushbackReader reader = new PushbackReader(new InputStreamReader(bytes, UTF_8.newDecoder()));
        int first = reader.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) {
            reader.unread(first);
        }
        return reader;
    }

    private static RequestException notUtf8() {
        return new RequestException(ApiError.wrong("", "the body isn't UTF-8"));
    }

    /** Reads a JSON object of an answer, such as a tool call's arguments; empty if it is anything else. */
    public static Optional<Map<String, Object>> object(String json) {
        try {
            return object(new ByteArrayInputStream(json.getBytes(UTF_8)), values -> {});
        } catch (RequestException e) {
            return Optional.empty(); // Beyond a bound of requests.
        }
    }

    /** Returns a new JSON object. */
    public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            object.put(String.valueOf(namesAndValues[index]), namesAndValues[index + 1]);
        }
        return object;
    }

    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
