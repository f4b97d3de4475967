package dev.whippletree.springboot;

import dev.whippletree.config.ConfigurationTree;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Turns the properties {@code whippletree.*} of an application into the tree that a configuration file would have.
 * Confined to one reading.
 *
 * <p>As Spring Boot binds: a source before another one wins, maps are merged, and a list is taken whole from the first
 * source that has an element of it. Values stay as they were written; the reader resolves their placeholders, so that
 * it can tell a token that is written out from one that isn't, and never shows what a placeholder stands for.
 */
final class PropertyTree {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(WhippletreeProperties.PREFIX);

    private static final ConfigurationPropertyName ENABLED = PREFIX.append("enabled");

    private final PropertyKeys keys;
    private final List<Leaf> leaves = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private PropertyTree(PropertyKeys keys) {
        this.keys = keys;
    }

    /**
     * A value.
     *
     * @param path its keys; an index is in brackets
     * @param rank the number of its source, the first one wins
     * @param text the value as it was written
     */
    private record Leaf(List<String> path, int rank, String text) {

        /** Returns the path alone: the value may be a secret. */
        @Override
        public String toString() {
            return String.join(".", path);
        }
    }

    static ConfigurationTree of(ConfigurableEnvironment environment, PropertyKeys keys) {
        PropertyTree tree = new PropertyTree(keys);
        int rank = 0;
        for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                tree.add(iterable, rank++);
            }
        }
        return new ConfigurationTree(
                "application properties",
                WhippletreeProperties.PREFIX + ".",
                tree.values(),
                tree.places,
                variables(environment),
                name -> Optional.ofNullable(tree.variables.get(name))
                        .map(environment::resolvePlaceholders)
                        .or(() -> resolve(environment, name)));
    }

    /** What isn't set stays as it was written. */
    private static Optional<String> resolve(ConfigurableEnvironment environment, String name) {
        String reference = "${" + name + "}";
        return Optional.of(environment.resolvePlaceholders(reference)).filter(value -> !value.equals(reference));
    }

    private static Map<String, String> variables(ConfigurableEnvironment environment) {
        Map<String, String> variables = new HashMap<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof SystemEnvironmentPropertySource system) {
                system.getSource().forEach((name, value) -> variables.putIfAbsent(name, String.valueOf(value)));
            }
        }
        return variables;
    }

    private void add(IterableConfigurationPropertySource source, int rank) {
        boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
        for (ConfigurationPropertyName name : source) {
            if (PREFIX.isAncestorOf(name) && !name.equals(ENABLED)) {
                List<String> path = path(name);
                ConfigurationProperty property = source.getConfigurationProperty(name);
                if (property != null && !(variables && isOther(path))) {
                    add(path, rank, property, variables);
                }
            }
        }
    }

    /**
     * Variables such as WHIPPLETREE_MODEL aren't properties, and whoever runs the application may set others:
     * Kubernetes does for a service of that name. The folder of plugins is known from its variable anyway.
     */
    private boolean isOther(List<String> path) {
        return !keys.isRoot(path.get(0)) || path.equals(List.of("plugins"));
    }

    private void add(List<String> path, int rank, ConfigurationProperty property, boolean variable) {
        PropertyPlace place = PropertyPlace.of(property);
        String text = String.valueOf(property.getValue());
        if (variable && !text.isEmpty()) {
            variables.put(place.name(), text);
            text = "${" + place.name() + "}";
        }
        leaves.add(new Leaf(path, rank, text));
        StringBuilder at = new StringBuilder();
        for (String key : path) {
            at.append(at.isEmpty() || key.startsWith("[") ? "" : ".").append(key);
            places.putIfAbsent(at.toString(), place.text());
        }
    }

    private List<String> path(ConfigurationPropertyName name) {
        List<String> path = new ArrayList<>();
        for (int index = PREFIX.getNumberOfElements(); index < name.getNumberOfElements(); index++) {
            if (isChosenByTheUser(path)) {
                path.add(name.getElement(index, Form.ORIGINAL));
            } else if (name.isNumericIndex(index)) {
                path.add("[" + name.getElement(index, Form.ORIGINAL) + "]");
            } else {
                path.add(keys.canonical(name.getElement(index, Form.UNIFORM), name.getElement(index, Form.ORIGINAL)));
            }
        }
        return path;
    }

    private static boolean isChosenByTheUser(List<String> path) {
        return path.size() == 1 && WhippletreeProperties.NAMED.contains(path.get(0));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> values() {
        return leaves.isEmpty() ? Map.of() : (Map<String, Object>) value(leaves, 0);
    }

    private Object value(List<Leaf> all, int depth) {
        int first = all.stream().mapToInt(Leaf::rank).min().orElseThrow();
        Optional<Leaf> single =
                all.stream().filter(leaf -> leaf.path().size() == depth).min(Comparator.comparingInt(Leaf::rank));
        List<Leaf> below =
                all.stream().filter(leaf -> leaf.path().size() > depth).toList();
        if (single.isPresent() && (below.isEmpty() || single.get().rank() == first)) {
            return single.get().text().isEmpty()
                    ? keys.empty(single.get().path())
                    : single.get().text();
        }
        return below.stream().allMatch(leaf -> leaf.path().get(depth).startsWith("["))
                ? list(below, depth)
                : map(below, depth);
    }

    private List<Object> list(List<Leaf> leaves, int depth) {
        int first = leaves.stream().mapToInt(Leaf::rank).min().orElseThrow();
        Map<BigInteger, List<Leaf>> byIndex = leaves.stream()
                .filter(leaf -> leaf.rank() == first)
                .collect(Collectors.groupingBy(
                        leaf -> index(leaf.path().get(depth)), TreeMap::new, Collectors.toList()));
        return byIndex.values().stream()
                .map(element -> value(element, depth + 1))
                .toList();
    }

    private static BigInteger index(String key) {
        return new BigInteger(key.substring(1, key.length() - 1));
    }

    private Map<String, Object> map(List<Leaf> leaves, int depth) {
        Map<String, List<Leaf>> byKey = leaves.stream()
                .collect(
                        Collectors.groupingBy(leaf -> leaf.path().get(depth), LinkedHashMap::new, Collectors.toList()));
        Map<String, Object> map = new LinkedHashMap<>();
        byKey.forEach((key, below) -> map.put(key, value(below, depth + 1)));
        return map;
    }
}
