package dev.whippletree.config;

import dev.whippletree.config.Section.Variables;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.AccountSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A configuration from a program's own settings, with the keys of the configuration file, so that a framework's
 * settings are read, checked and reported exactly like a file. Immutable. Relative paths start from the working
 * directory.
 *
 * @param source its name in messages if no place is known: {@code application properties}
 * @param prefix the prefix of each key in the program's settings: {@code whippletree.}
 * @param values by key, in order: a text, or a list or a map of values; texts with unresolved references
 * @param places the place of each value, as messages name it, by its path without the prefix:
 *     {@code accounts[1].provider}
 * @param environment the environment's variables by name
 * @param properties resolves a reference <code>${…}</code> by the text between its braces; empty if it isn't set
 */
public record ConfigurationTree(
        String source,
        String prefix,
        Map<String, Object> values,
        Map<String, String> places,
        Map<String, String> environment,
        Function<String, Optional<String>> properties)
        implements ConfigurationInput {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** A key of a property's name: the number of an element, a name in quotes, or any other one. */
    private static final Pattern KEY = Pattern.compile("\\[\\d+]|\"[^\"]+\"|[^.\\[\"]+");

    private static final Comparator<String> KEY_ORDER = Comparator.<String>comparingInt(
                    key -> key.startsWith("[") ? key.length() : 0)
            .thenComparing(Comparator.naturalOrder());

    /** Copies mutable values. */
    public ConfigurationTree {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(prefix, "prefix");
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        places = Map.copyOf(places);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(properties, "properties");
    }

    /**
     * Returns the tree of properties with dotted names, such as those of MicroProfile Config:
     * {@code whippletree.accounts[0].limits}, {@code whippletree.routes."my.route".model}. Keys are in the order of the
     * alphabet, elements of lists in that of their numbers. The environment is this process's.
     *
     * @param prefix the prefix of the names that count: {@code whippletree.}
     * @param names the names of all properties
     * @param values returns a property's text by its name, with unresolved references; null: it isn't set
     * @param properties resolves a reference <code>${…}</code> by the text between its braces; empty if it isn't set
     * @throws ConfigurationException if a name is that of a value and of a list or map too
     */
    public static ConfigurationTree ofProperties(
            String prefix,
            Iterable<String> names,
            Function<String, @Nullable String> values,
            Function<String, Optional<String>> properties) {
        Map<List<String>, Property> byPath = new HashMap<>();
        for (String name : names) {
            String value = name.startsWith(prefix) ? values.apply(name) : null;
            if (value != null) {
                byPath.put(path(name.substring(prefix.length())), new Property(name, value));
            }
        }
        Map<String, Object> root = new LinkedHashMap<>();
        byKey(byPath).forEach((key, below) -> root.put(key, nested(below)));
        return new ConfigurationTree("application properties", prefix, root, Map.of(), System.getenv(), properties);
    }

    private record Property(String name, String value) {}

    private static List<String> path(String name) {
        return KEY.matcher(name)
                .results()
                .map(key -> key.group().replace("\"", ""))
                .toList();
    }

    private static Object nested(Map<List<String>, Property> byPath) {
        Property single = byPath.get(List.of());
        if (single == null) {
            Map<String, Object> map = new LinkedHashMap<>();
            byKey(byPath).forEach((key, below) -> map.put(key, nested(below)));
            boolean isList = map.keySet().stream().allMatch(key -> key.startsWith("["));
            return isList ? List.copyOf(map.values()) : map;
        }
        if (byPath.size() > 1) {
            throw new ConfigurationException(
                    List.of(single.name() + ": has a value, and others below it; remove either"));
        }
        return single.value();
    }

    private static Map<String, Map<List<String>, Property>> byKey(Map<List<String>, Property> byPath) {
        Map<String, Map<List<String>, Property>> byKey = new TreeMap<>(KEY_ORDER);
        byPath.forEach((path, property) ->
                byKey.computeIfAbsent(path.get(0), key -> new HashMap<>()).put(path.subList(1, path.size()), property));
        return byKey;
    }

    @Override
    public List<Path> pluginFolders() {
        List<Path> folders = new ArrayList<>();
        ConfigurationSource.path(ConfigurationSource.PLUGINS_VARIABLE, environment)
                .ifPresent(folders::add);
        ConfigurationReader.pluginFolder(root(new Problems(""))).ifPresent(folders::add);
        return folders;
    }

    @Override
    public Configuration read(
            KnownPlugins known,
            Function<Map<String, String>, List<AccountSettings>> accountsFrom,
            List<String> defaultCaches) {
        return new ConfigurationReader(known, environment, () -> accountsFrom.apply(environment), defaultCaches)
                .read("", root(new Problems(source, prefix, places)));
    }

    private Section root(Problems problems) {
        return new Section("", node(values), Variables.ofProgram(properties), problems, Expectations.NONE);
    }

    private static JsonNode node(Object value) {
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, below) -> object.set(String.valueOf(key), node(below)));
            return object;
        }
        if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(below -> array.add(node(below)));
            return array;
        }
        return NODES.stringNode(String.valueOf(value));
    }

    /** Returns its source without its values, which may include tokens. */
    @Override
    public String toString() {
        return "configuration of " + source;
    }
}
