package dev.whippletree.config;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A mapping in a configuration file, read key by key. Whatever is wrong becomes a problem and reads as absent, so that reading
 * goes on. Keys that nobody asked for are problems too. Confined to one reading.
 */
final class Section {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private final String path;
    private final JsonNode node;
    private final Map<String, String> environment;
    private final Problems problems;
    private final Set<String> asked = new LinkedHashSet<>();

    Section(String path, JsonNode node, Map<String, String> environment, Problems problems) {
        this.path = path;
        this.node = node;
        this.environment = environment;
        this.problems = problems;
        if (!node.isObject()) {
            problems.add(path, "keys with values are expected here");
        }
    }

    String path() {
        return path;
    }

    Problems problems() {
        return problems;
    }

    /** Returns where a key's value stands. */
    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Reports a problem with a key's value. */
    void problem(String key, String what) {
        problems.add(at(key), what);
    }

    Optional<JsonNode> node(String key) {
        asked.add(key);
        JsonNode value = node.isObject() ? node.get(key) : null;
        if (value == null) {
            return Optional.empty();
        }
        if (value.isNull()) {
            problem(key, "a value is missing");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** Returns a single value as text, with {@code ${VARIABLE}} replaced. */
    Optional<String> text(String key) {
        return rawText(key).flatMap(text -> expand(key, text));
    }

    /** Returns a single value as text, as it stands. */
    Optional<String> rawText(String key) {
        return node(key).flatMap(value -> {
            if (value.isValueNode()) {
                return Optional.of(value.asString());
            }
            problem(key, "a single value is expected");
            return Optional.empty();
        });
    }

    private Optional<String> expand(String key, String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        boolean whole = true;
        while (matcher.find()) {
            String value = environment.get(matcher.group(1));
            if (value == null) {
                problem(key, "the environment variable " + matcher.group(1) + " isn't set");
                whole = false;
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value == null ? "" : value));
        }
        return whole ? Optional.of(matcher.appendTail(expanded).toString()) : Optional.empty();
    }

    /** Returns a value that a function makes of text; what it says against the text is the problem. */
    <T> Optional<T> read(String key, Function<String, T> reader) {
        return text(key).flatMap(text -> {
            try {
                return Optional.of(reader.apply(text));
            } catch (IllegalArgumentException e) {
                problem(key, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    Optional<Integer> integer(String key, int least) {
        return read(key, text -> {
            try {
                int value = Integer.parseInt(text.trim());
                if (value >= least) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Said below, for both cases.
            }
            throw new IllegalArgumentException(
                    "a whole number, " + least + " or more, is expected, not '" + text + "'");
        });
    }

    Optional<Duration> duration(String key) {
        return read(key, Settings::parseDuration);
    }

    /** Returns the elements of a list; a single value counts as a list of one. */
    List<JsonNode> list(String key) {
        List<JsonNode> elements = new ArrayList<>();
        node(key).ifPresent(value -> {
            if (value.isArray()) {
                value.forEach(elements::add);
            } else {
                elements.add(value);
            }
        });
        return elements;
    }

    /** Returns a mapping below a key. */
    Optional<Section> section(String key) {
        return node(key).map(value -> below(at(key), value));
    }

    Section below(String at, JsonNode value) {
        return new Section(at, value, environment, problems);
    }

    /** Returns the keys that are there. */
    Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        if (node.isObject()) {
            keys.addAll(node.propertyNames());
        }
        return keys;
    }

    /** Returns every key that nobody asked for, with its value, as a plugin's own settings; those it doesn't know are problems. */
    Map<String, String> rest(Set<String> known) {
        Map<String, String> rest = new LinkedHashMap<>();
        Set<String> expected = new LinkedHashSet<>(asked);
        expected.addAll(known);
        for (String key : keys()) {
            if (asked.contains(key)) {
                continue;
            }
            if (known.contains(key)) {
                text(key).ifPresent(value -> rest.put(key, value));
            } else {
                problem(key, "unknown key" + Names.suggestion(key, expected));
            }
        }
        return rest;
    }

    /** Reports every key that nobody asked for. */
    void end() {
        rest(Set.of());
    }
}
