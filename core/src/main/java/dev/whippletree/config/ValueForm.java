package dev.whippletree.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A form that a value in a configuration may have. Immutable. */
interface ValueForm {

    /** Several values. */
    ValueForm LIST = () -> Map.of("type", "array");

    /** Keys with values. */
    ValueForm MAPPING = () -> Map.of("type", "object");

    /** Any single value, since a model may be named {@code 3.10}. */
    ValueForm TEXT = () -> Map.of("type", List.of("string", "number", "boolean"));

    ValueForm FLAG = () -> typed(List.of("boolean", "string"), "true|false");

    ValueForm DURATION = () -> typed("string", "0*[1-9][0-9]*\\s*([mM]?[sS]|[mMhHdDwW])");

    ValueForm PERCENTAGE = () -> typed("string", "[0-9]*\\.?[0-9]+\\s*%");

    /** Any value may come from a variable. */
    String REFERENCE = "\\$\\{";

    /** Returns the form as a JSON Schema, its keys in order. Readers don't need it. */
    Map<String, Object> schema();

    /** Returns whole numbers from one to another. */
    static ValueForm wholeNumber(int least, int most) {
        return () -> {
            Map<String, Object> schema = typed(List.of("integer", "string"), "[0-9]+");
            schema.put("minimum", least);
            schema.put("maximum", most);
            return schema;
        };
    }

    /** Returns these words alone; any text if there are none. */
    static ValueForm words(Collection<String> words) {
        if (words.isEmpty()) {
            return TEXT;
        }
        return () -> {
            List<Object> values = new ArrayList<>(new TreeSet<>(words));
            // Without quotes, YAML reads it as a truth value.
            if (words.contains("false")) {
                values.add(false);
            }
            Map<String, Object> reference = new TreeMap<>(Map.of("type", "string", "pattern", REFERENCE));
            return Map.of("anyOf", List.of(Map.of("enum", values), reference));
        };
    }

    private static Map<String, Object> typed(Object type, String pattern) {
        return new TreeMap<>(Map.of("type", type, "pattern", "^\\s*(" + pattern + ")\\s*$|" + REFERENCE));
    }
}
