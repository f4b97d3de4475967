package dev.whippletree.provider.openai.dialect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Reads the start of JSON whose rest never came, such as an error's. Closes what is open at the cut; a name or a value
 * that the cut leaves unfinished is null, a string is what came of it. Confined to one thread.
 */
final class CutJson {

    private static final Pattern HALF_ESCAPE = Pattern.compile("\\\\(?:u[0-9a-fA-F]{0,3})?$");
    private static final Pattern HALF_CHARACTER = Pattern.compile("\uFFFD+$");
    private static final Pattern HALF_VALUE = Pattern.compile("[A-Za-z0-9.+-]{1,40}$");
    private static final Pattern COMMA = Pattern.compile(",\\s*$");

    /** What is still to be closed, the innermost first. */
    private final Deque<Character> open = new ArrayDeque<>();

    private boolean inString;
    private boolean escaped;

    private CutJson() {}

    /** Returns the object or array that begins with a text; empty if the text isn't the start of one. */
    static Optional<JsonNode> parse(String start) {
        CutJson cut = new CutJson();
        start.chars().forEach(character -> cut.take((char) character));
        return cut.completions(start)
                .flatMap(text -> JsonFields.parse(text).stream())
                .filter(node -> node.isObject() || node.isArray())
                .findFirst();
    }

    private void take(char character) {
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = character == '\\';
            inString = character != '"';
        } else {
            takeOutside(character);
        }
    }

    private void takeOutside(char character) {
        switch (character) {
            case '"' -> inString = true;
            case '{' -> open.push('}');
            case '[' -> open.push(']');
            case '}', ']' -> open.poll();
            default -> {
                // Nothing opens or closes.
            }
        }
    }

    private Stream<String> completions(String start) {
        StringBuilder closing = new StringBuilder();
        open.forEach(closing::append);
        if (inString) {
            String text = without(HALF_ESCAPE, without(HALF_CHARACTER, start)) + '"';
            return Stream.of(text + closing, text + ":null" + closing);
        }
        String value = without(HALF_VALUE, start);
        return Stream.of(
                start + closing, without(COMMA, start) + closing, value + "null" + closing, start + ":null" + closing);
    }

    private static String without(Pattern end, String text) {
        return end.matcher(text).replaceFirst("");
    }
}
