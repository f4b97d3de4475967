package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.config.KnownPlugins;
import dev.whippletree.plugin.PluginCatalog;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names of all keys, by which a key is recognised that is written without dashes or in capitals, as an environment
 * variable has to be. Immutable.
 */
final class PropertyKeys {

    private final Map<String, String> byUniformName = new HashMap<>();
    private final Map<String, Type> roots;
    private final Map<String, Type> others = new HashMap<>();

    /**
     * Collects the keys of the reader, and those of plugins.
     *
     * @param plugins finds the plugins whose settings are keys too
     */
    PropertyKeys(Whippletree.Builder plugins) {
        roots = components(WhippletreeProperties.class);
        add(WhippletreeProperties.class);
        try (PluginCatalog catalog = plugins.foundPlugins()) {
            KnownPlugins known = catalog.known();
            for (KnownPlugins.PluginKind kind :
                    List.of(known.providers(), known.caches(), known.strategies(), known.coordinators())) {
                kind.settings().keySet().forEach(name -> kind.settingNames(name).forEach(this::add));
            }
        }
        List.of("name", "account", "limit").forEach(this::add);
    }

    private void add(Class<?> type) {
        components(type).forEach((name, component) -> {
            add(name);
            below(component).forEach(nested -> {
                others.putAll(components(nested));
                add(nested);
            });
        });
    }

    private void add(String name) {
        byUniformName.putIfAbsent(uniform(name), name);
    }

    private static List<Class<?>> below(Type type) {
        if (type instanceof Class<?> found) {
            return found.isRecord() ? List.of(found) : List.of();
        }
        return type instanceof ParameterizedType generic
                ? List.of(generic.getActualTypeArguments()).stream()
                        .flatMap(argument -> below(argument).stream())
                        .toList()
                : List.of();
    }

    /** Returns the keys that a record stands for, and their types. */
    static Map<String, Type> components(Class<?> type) {
        Map<String, Type> components = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String dashed = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            components.put(dashed, component.getGenericType());
        }
        return components;
    }

    /**
     * Returns the key that is meant by a name without dashes and in lower case; the other given name if there is none.
     */
    String canonical(String uniform, String otherwise) {
        return byUniformName.getOrDefault(uniform, otherwise);
    }

    /** Returns whether a key may be the first of a path. */
    boolean isRoot(String key) {
        return roots.containsKey(key);
    }

    /**
     * Returns what a key without a value stands for: nothing is left of an empty list or map in the properties.
     *
     * @param path the keys that lead to it
     */
    Object empty(List<String> path) {
        if (path.size() == 2 && path.get(0).equals("routes")) {
            return Map.of();
        }
        Type type = (path.size() == 1 ? roots : others).get(path.get(path.size() - 1));
        Class<?> raw = type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
        if (raw == List.class) {
            return List.of();
        }
        return raw == Map.class || (type instanceof Class<?> found && found.isRecord()) ? Map.of() : "";
    }

    private static String uniform(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }
}
