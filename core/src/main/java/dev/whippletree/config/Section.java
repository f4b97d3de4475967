package dev.whippletree.config;

import dev.whippletree.config.KnownPlugins.PluginKind;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
import tools.jackson.databind.node.StringNode;

/**
 * A mapping in a configuration file, read key by key. An invalid value becomes a problem and reads as absent, so
 * reading continues. Keys that no reader asked for are problems too. Confined to one reading.
 */
final class Section {

    /** The longest duration accepted: more than anybody means, and short enough for sums in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final String path;
    private final JsonNode node;
    private final Variables variables;
    private final Problems problems;
    private final Expectations expectations;
    private final Set<String> asked = new LinkedHashSet<>();

    /** Begins to read a mapping; the expectations learn what is read. */
    Section(String path, JsonNode node, Variables variables, Problems problems, Expectations expectations) {
        this.path = path;
        this.node = node;
        this.variables = variables;
        this.problems = problems;
        this.expectations = expectations;
        expectations.value(path, ValueForm.MAPPING);
        if (!node.isObject()) {
            problems.add(path, "expected keys with values here");
        }
    }

    /** Returns whether it is a mapping; otherwise that has been reported. */
    boolean isMapping() {
        return node.isObject();
    }

    Problems problems() {
        return problems;
    }

    Variables variables() {
        return variables;
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean isProblem(String key) {
        return problems.has(at(key));
    }

    void problem(String key, String what) {
        problems.add(at(key), what);
    }

    /** Reports a missing value, unless a problem with it has been reported already. */
    void require(String key, Optional<?> value, String otherwise) {
        if (value.isEmpty() && !isProblem(key)) {
            problem(key, otherwise);
        }
    }

    /** Reports a list that is there and has nothing in it, unless a problem with it has been reported already. */
    void refuseEmpty(String key, List<?> read, String what) {
        if (read.isEmpty() && has(key) && !isProblem(key)) {
            problem(key, what);
        }
    }

    /** Returns whether a key is there, with or without a value. */
    boolean has(String key) {
        asked.add(key);
        return node.has(key);
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
        expectations.value(at(key), ValueForm.TEXT);
        return node(key).flatMap(value -> expanded(new Element(at(key), value)));
    }

    /** Returns an element that is a single value of a form, as text with {@code ${VARIABLE}} replaced. */
    Optional<String> text(Element element, ValueForm form) {
        expectations.value(element.at, form);
        return expanded(element);
    }

    private Optional<String> expanded(Element element) {
        return rawText(element).flatMap(text -> expand(element.at, text));
    }

    /** Returns a single value as text, with references unresolved. */
    Optional<String> rawText(String key) {
        expectations.value(at(key), ValueForm.TEXT);
        return node(key).flatMap(value -> rawText(new Element(at(key), value)));
    }

    boolean says(String key, List<String> words) {
        expectations.value(at(key), ValueForm.words(words));
        return node(key)
                .filter(JsonNode::isValueNode)
                .map(JsonNode::asString)
                .filter(words::contains)
                .isPresent();
    }

    private Optional<String> rawText(Element element) {
        if (element.node.isValueNode()) {
            return Optional.of(element.text());
        }
        problems.add(element.at, "expected a single value");
        return Optional.empty();
    }

    private Optional<String> expand(String at, String text) {
        Matcher matcher = variables.reference().matcher(text);
        StringBuilder expanded = new StringBuilder();
        boolean whole = true;
        while (matcher.find()) {
            Optional<String> value = variables.value().apply(matcher.group(1));
            if (value.isEmpty()) {
                problems.add(at, variables.lacks(matcher.group(1), "isn't set"));
                whole = false;
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value.orElse("")));
        }
        return whole ? Optional.of(matcher.appendTail(expanded).toString()) : Optional.empty();
    }

    /**
     * Parses a text. The parser's error becomes the problem, with the text as it stands in the file: a variable's value
     * may be a secret put in the wrong place.
     */
    <T> Optional<T> read(String key, Function<String, T> reader) {
        return read(key, ValueForm.TEXT, reader);
    }

    <T> Optional<T> read(String key, ValueForm form, Function<String, T> reader) {
        expectations.value(at(key), form);
        return node(key).flatMap(value -> parsed(new Element(at(key), value), reader));
    }

    <T> Optional<T> read(Element element, Function<String, T> reader) {
        expectations.value(element.at, ValueForm.TEXT);
        return parsed(element, reader);
    }

    private <T> Optional<T> parsed(Element element, Function<String, T> reader) {
        return expanded(element).flatMap(text -> {
            try {
                return Optional.of(reader.apply(text));
            } catch (InvalidPathException e) {
                problems.add(element.at, "this isn't a valid path: " + e.getReason());
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                String written = element.text();
                problems.add(element.at, String.valueOf(e.getMessage()).replace("'" + text + "'", "'" + written + "'"));
                return Optional.empty();
            }
        });
    }

    Optional<Integer> integer(String key, int least) {
        return integer(key, least, Integer.MAX_VALUE);
    }

    Optional<Integer> integer(String key, int least, int most) {
        return read(key, ValueForm.wholeNumber(least, most), text -> {
            try {
                int value = Integer.parseInt(text.trim());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Reported below, for both cases.
            }
            String range = most == Integer.MAX_VALUE ? ", " + least + " or more" : " from " + least + " to " + most;
            throw new IllegalArgumentException("expected a whole number" + range + ", not '" + text + "'");
        });
    }

    /** Returns a percentage as a share of one; the largest that is allowed is {@code most}, in percent. */
    Optional<Double> percentage(String key, int most) {
        return read(key, ValueForm.PERCENTAGE, text -> {
            try {
                double value = Double.parseDouble(text.replace("%", "").trim()) / 100;
                if (text.trim().endsWith("%") && value >= 0 && value <= most / 100.0) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Reported below, for both cases.
            }
            throw new IllegalArgumentException("expected a percentage from 0% to " + most + "%, not '" + text + "'");
        });
    }

    Optional<Integer> weight(String key) {
        return integer(key, 1, TenantWeights.MOST);
    }

    Optional<Boolean> flag(String key) {
        return read(key, ValueForm.FLAG, text -> switch (text.trim()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false, not '" + text + "'");
        });
    }

    Optional<Duration> duration(String key) {
        return read(key, ValueForm.DURATION, text -> {
            Duration duration = Settings.parseDuration(text);
            if (duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("'" + text + "' is longer than " + LONGEST.toDays() + "d");
            }
            return duration;
        });
    }

    /**
     * Returns the elements of a list; a single value counts as a list of one. A mapping in its place is a problem.
     *
     * @param example an example of the list, for the message
     */
    List<Element> list(String key, String example) {
        expectations.value(at(key), ValueForm.LIST);
        Optional<JsonNode> value = node(key);
        if (value.filter(JsonNode::isObject).isPresent()) {
            problem(key, "expected a list, not keys; write, for example, " + example);
            return List.of();
        }
        return value.map(given -> elements(at(key), given)).orElse(List.of());
    }

    /** Returns the elements of a list that is itself an element. */
    List<Element> elements(String at, JsonNode value) {
        expectations.value(at, ValueForm.LIST);
        if (!value.isArray()) {
            return List.of(new Element(at, value));
        }
        List<Element> elements = new ArrayList<>();
        for (int index = 0; index < value.size(); index++) {
            Element element = new Element(at + "[" + index + "]", value.get(index));
            if (element.node.isNull()) {
                problems.add(element.at, "a value is missing");
            } else {
                elements.add(element);
            }
        }
        return elements;
    }

    /** Returns the elements of a list of single values, with {@code ${VARIABLE}} replaced. */
    List<Element> texts(String key) {
        List<Element> texts = new ArrayList<>();
        expectations.value(at(key) + "[0]", ValueForm.TEXT);
        for (Element element : list(key, "[one, another]")) {
            expanded(element).ifPresent(text -> texts.add(new Element(element.at, StringNode.valueOf(text))));
        }
        return texts;
    }

    /**
     * An element of a list.
     *
     * @param at its path
     * @param node its value, not null
     */
    record Element(String at, JsonNode node) {

        /** Returns its text, if it is a single value. */
        String text() {
            return node.asString();
        }

        /** Returns the path alone, because the value may be a secret. */
        @Override
        public String toString() {
            return at;
        }
    }

    Optional<Section> section(String key) {
        expectations.value(at(key), ValueForm.MAPPING);
        return node(key).map(value -> below(new Element(at(key), value)));
    }

    Section below(Element element) {
        return new Section(element.at, element.node, variables, problems, expectations);
    }

    /** Expects, besides the keys read, the settings of the plugin that a key names. */
    void expectSettings(String key, PluginKind kind) {
        expectations.settings(path, key, kind);
    }

    Set<String> keys() {
        return new LinkedHashSet<>(node.propertyNames());
    }

    /** Returns every key that wasn't read, with its value, as a plugin's own settings; unknown ones are problems. */
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

    /** Reports what a plugin refuses of its settings, with the text as it stands in the file. */
    void check(PluginKind kind, String plugin, Settings own) {
        kind.settings().getOrDefault(plugin, Set.of()).stream()
                .filter(key -> !isProblem(key.name()))
                .sorted(Comparator.comparing(SettingKey::name))
                .forEach(key -> {
                    try {
                        key.check().accept(own);
                    } catch (IllegalArgumentException e) {
                        String value = "'" + own.text(key.name()).orElse("") + "'";
                        String written = "'" + node.path(key.name()).asString() + "'";
                        problem(key.name(), String.valueOf(e.getMessage()).replace(value, written));
                    }
                });
    }

    /** Reports every key that wasn't read. */
    void end() {
        rest(Set.of());
    }

    /**
     * Resolves a configuration's references. Immutable.
     *
     * @param reference matches a reference; its first group is the name
     * @param noun what messages call the thing named
     * @param value returns a value by its name; empty if it isn't set
     */
    record Variables(Pattern reference, String noun, Function<String, Optional<String>> value) {

        private static final Pattern NAME = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

        /** A program's placeholders, which may contain another placeholder as a default, but not {@code ${file:…}}. */
        private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{((?!file:)(?:[^{}]|\\$\\{[^{}]*})+)}");

        static Variables of(Map<String, String> environment) {
            return new Variables(NAME, "environment variable", name -> Optional.ofNullable(environment.get(name)));
        }

        static Variables ofProgram(Function<String, Optional<String>> property) {
            return new Variables(PLACEHOLDER, "property or environment variable", property);
        }

        /** Returns the problem of a reference to something without a value. */
        String lacks(String name, String why) {
            return "the " + noun + " " + name + " " + why;
        }
    }
}
