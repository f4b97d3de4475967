package dev.whippletree.config;

import dev.whippletree.config.KnownPlugins.PluginKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is known of one place of a configuration, and of those below it. Confined to one thread. */
final class SchemaNode implements Expectations {

    /** Stands for every key of a mapping whose keys are names that users choose. */
    static final String ANY_KEY = "*";

    private static final Pattern STEP = Pattern.compile("\\[\\d+]|[^.\\[]+");

    private final Set<ValueForm> forms = new LinkedHashSet<>();
    private final Map<String, SchemaNode> keys = new TreeMap<>();
    private @Nullable SchemaNode element;
    private @Nullable Plugged plugged;
    private boolean required;
    private boolean notEmpty;

    private record Plugged(String key, PluginKind kind) {}

    /** Returns the place at a path from here; elements of a list are one place. */
    SchemaNode at(String path) {
        SchemaNode node = this;
        for (MatchResult step : STEP.matcher(path).results().toList()) {
            String key = step.group();
            node = key.startsWith("[") ? node.element() : node.keys.computeIfAbsent(key, first -> new SchemaNode());
        }
        return node;
    }

    private SchemaNode element() {
        SchemaNode known = element == null ? new SchemaNode() : element;
        element = known;
        return known;
    }

    @Override
    public void value(String path, ValueForm form) {
        at(path).forms.add(form);
    }

    @Override
    public void settings(String path, String key, PluginKind kind) {
        // A schema has no empty list of rules.
        if (!kind.settings().isEmpty()) {
            at(path).plugged = new Plugged(key, kind);
        }
    }

    void require() {
        required = true;
    }

    void requireElement() {
        notEmpty = true;
    }

    /** Returns the JSON Schema of the place, its keys in order. */
    Map<String, Object> schema() {
        return anyOf(options());
    }

    private Set<Map<String, Object>> options() {
        Set<Map<String, Object>> options = scalars();
        if (forms.contains(ValueForm.MAPPING)) {
            options.add(mapping());
        }
        if (forms.contains(ValueForm.LIST)) {
            // An element that stands alone, without a list, may stand in one; of other elements, single values may.
            Set<Map<String, Object>> elements = new LinkedHashSet<>(options);
            elements.addAll(element().options());
            options.addAll(element().scalars());
            options.add(list(elements));
        }
        return options;
    }

    private Map<String, Object> list(Set<Map<String, Object>> elements) {
        Map<String, Object> schema = new LinkedHashMap<>(ValueForm.LIST.schema());
        if (notEmpty) {
            schema.put("minItems", 1);
        }
        schema.put("items", anyOf(elements));
        return schema;
    }

    private Set<Map<String, Object>> scalars() {
        Set<Map<String, Object>> scalars = new LinkedHashSet<>();
        forms.stream()
                .filter(form -> !form.equals(ValueForm.LIST) && !form.equals(ValueForm.MAPPING))
                .forEach(form -> scalars.add(form.schema()));
        return scalars;
    }

    private static Map<String, Object> anyOf(Set<Map<String, Object>> options) {
        return options.size() == 1 ? options.iterator().next() : Map.of("anyOf", List.copyOf(options));
    }

    private Map<String, Object> mapping() {
        Map<String, Object> schema = new LinkedHashMap<>(ValueForm.MAPPING.schema());
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> needed = new ArrayList<>();
        keys.forEach((key, node) -> {
            properties.put(key, node.schema());
            if (node.required) {
                needed.add(key);
            }
        });
        properties.remove(ANY_KEY);
        List<String> common = List.copyOf(properties.keySet());
        if (plugged != null) {
            properties.put(
                    plugged.key(),
                    ValueForm.words(plugged.kind().settings().keySet()).schema());
            new TreeSet<>(plugged.kind().allSettingNames())
                    .forEach(name -> properties.putIfAbsent(name, ValueForm.TEXT.schema()));
        }
        if (!properties.isEmpty()) {
            schema.put("properties", properties);
        }
        if (!needed.isEmpty()) {
            schema.put("required", needed);
        }
        SchemaNode others = keys.get(ANY_KEY);
        schema.put("additionalProperties", others == null ? false : others.schema());
        if (plugged != null) {
            schema.put("allOf", settingsByPlugin(plugged, common));
        }
        return schema;
    }

    /** While no plugin is named, those of any are accepted, as by the readers. */
    private static List<Object> settingsByPlugin(Plugged plugged, List<String> common) {
        List<Object> rules = new ArrayList<>();
        new TreeMap<>(plugged.kind().settings()).forEach((name, settings) -> {
            Set<String> allowed = new TreeSet<>(common);
            Map<String, Object> described = new TreeMap<>();
            settings.forEach(setting -> described.put(setting.name(), Map.of("description", setting.description())));
            allowed.addAll(described.keySet());
            Map<String, Object> named = new TreeMap<>();
            named.put("properties", Map.of(plugged.key(), Map.of("const", name)));
            named.put("required", List.of(plugged.key()));
            Map<String, Object> accepted = new TreeMap<>();
            accepted.put("properties", described);
            accepted.put("propertyNames", Map.of("enum", allowed));
            rules.add(new TreeMap<>(Map.of("if", named, "then", accepted)));
        });
        return rules;
    }
}
