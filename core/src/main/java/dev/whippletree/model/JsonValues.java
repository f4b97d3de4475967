package dev.whippletree.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deep, immutable copies of JSON given as JDK types: maps, lists, strings, numbers, booleans and null. */
final class JsonValues {

    private static final int DEEPEST = 100;

    private JsonValues() {}

    /** Keeps members that are null: in a schema, {@code "const": null} isn't the same as nothing. */
    static Map<String, Object> copyOf(Map<String, ?> object) {
        return copyOfObject(object, 0, true);
    }

    /** Copies as {@link #copyOfFields} does, and refuses fields that have a component of their own. */
    static Map<String, Object> copyOfExtras(Map<String, ?> extras, Set<String> reserved) {
        Map<String, Object> copy = copyOfFields(extras);
        copy.keySet().stream().filter(reserved::contains).findFirst().ifPresent(field -> {
            throw new IllegalArgumentException("'" + field + "' has its own field and can't be an extra");
        });
        return copy;
    }

    /** Drops fields that are null, which means absent; members of their values may be null. */
    static Map<String, Object> copyOfFields(Map<String, ?> object) {
        return copyOfObject(object, 0, false);
    }

    /** Returns an object with its fields in this order, which services that cache beginnings of requests rely on. */
    static Map<String, Object> object(String field, Object value, Object... more) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put(field, value);
        for (int i = 0; i < more.length; i += 2) {
            object.put((String) more[i], more[i + 1]);
        }
        return object;
    }

    static List<Map<String, Object>> copyOfParts(List<? extends Map<String, ?>> objects) {
        if (objects.isEmpty()) {
            return Collections.emptyList();
        }
        List<Map<String, Object>> copies = new ArrayList<>(objects.size());
        objects.forEach(object -> copies.add(copyOfFields(object)));
        return Collections.unmodifiableList(copies);
    }

    /** Keeps the order of keys. */
    private static Map<String, Object> copyOfObject(Map<?, ?> object, int depth, boolean nulls) {
        if (object.isEmpty()) {
            return Collections.emptyMap();
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        object.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("a JSON object's keys are strings, not " + key);
            }
            if (value != null) {
                copy.put(name, copyOfValue(value, depth + 1));
            } else if (nulls) {
                copy.put(name, null);
            }
        });
        return Collections.unmodifiableMap(copy);
    }

    private static List<@Nullable Object> copyOfArray(List<?> array, int depth) {
        List<@Nullable Object> copy = new ArrayList<>(array.size());
        array.forEach(value -> copy.add(value == null ? null : copyOfValue(value, depth + 1)));
        return Collections.unmodifiableList(copy);
    }

    private static Object copyOfValue(Object value, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("JSON nested deeper than " + DEEPEST);
        }
        if (value instanceof Map<?, ?> object) {
            return copyOfObject(object, depth, true);
        }
        if (value instanceof List<?> array) {
            return copyOfArray(array, depth);
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            throw new IllegalArgumentException("a number must be within ±1.8e308, not " + number);
        }
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        throw new IllegalArgumentException(
                "not a JSON value: " + value.getClass().getName());
    }
}
