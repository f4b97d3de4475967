package dev.whippletree.config;

import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads YAML into a tree and remembers the line of each key. Confined to one reading.
 *
 * <p>A scalar stays text: read as a number, the model {@code 3.10} would be another one. What a tree would hide is a
 * problem: a duplicate key, an alias (which reads as the anchor's name), a second document.
 */
final class YamlDocument {

    /** The parser alone, because creating a mapper would take longer than everything else here. */
    private static final YAMLFactory YAML = new YAMLFactory();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final YAMLParser parser;
    private final Problems problems;

    private YamlDocument(YAMLParser parser, Problems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** Returns the tree; without keys if the file is empty, or unreadable, which is reported as a problem. */
    static JsonNode read(String yaml, Problems problems) {
        try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), yaml)) {
            return new YamlDocument((YAMLParser) parser, problems).read();
        } catch (JacksonException e) {
            problems.line("", lineOf(e));
            problems.add("", "this isn't YAML: " + reason(e.getOriginalMessage()));
            return NODES.objectNode();
        }
    }

    /** Returns the problem's line, which isn't always the parser's. */
    private static int lineOf(JacksonException failure) {
        if (failure.getCause() instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            return marked.getProblemMark().get().getLine() + 1;
        }
        return failure.getLocation() == null ? 0 : failure.getLocation().getLineNr();
    }

    private JsonNode read() {
        JsonToken first = parser.nextToken();
        JsonNode root = first == null || first == JsonToken.VALUE_NULL ? NODES.objectNode() : value(first, "");
        if (parser.nextToken() != null) {
            problems.line("", line());
            problems.add("", "a second YAML document begins here; put everything into one");
        }
        return root;
    }

    private JsonNode value(JsonToken token, String path) {
        return switch (token) {
            case START_OBJECT -> mapping(path);
            case START_ARRAY -> sequence(path);
            case VALUE_NULL -> NODES.nullNode();
            default -> scalar(path);
        };
    }

    private JsonNode scalar(String path) {
        if (parser.isCurrentAlias()) {
            problems.add(path, "aliases (*" + parser.getString() + ") aren't supported; write the value out");
        }
        return NODES.stringNode(parser.getString());
    }

    private ObjectNode mapping(String path) {
        ObjectNode mapping = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String at = path.isEmpty() ? key : path + "." + key;
            if (mapping.has(key)) {
                problems.add(at, "duplicate key, again in line " + line());
            } else {
                problems.line(at, line());
            }
            mapping.set(key, value(parser.nextToken(), at));
        }
        return mapping;
    }

    private ArrayNode sequence(String path) {
        ArrayNode sequence = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            String at = path + "[" + sequence.size() + "]";
            problems.line(at, line());
            sequence.add(value(token, at));
        }
        return sequence;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /**
     * The parser's message without the lines it quotes, which may hold a token. Its message about a reference within
     * braces needs an explanation.
     */
    private static String reason(String message) {
        String reason = message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" ") && !line.startsWith("in \""))
                .reduce((first, last) -> first + ", " + last)
                .map(text -> text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1))
                .orElse("it can't be parsed");
        return reason.endsWith("got {") ? reason + "; between braces, write \"${VARIABLE}\" with the quotes" : reason;
    }
}
