package dev.whippletree.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A form that a value in a configuration may have. Immutable.
 *
 * @param schema the form as a JSON Schema, its keys in order
 */
record ValueForm(Map<String, Object> schema) {

    /** Several values. */
    static final ValueForm LIST = new ValueForm(Map.of("type", "array"));

    /** Keys with values. */
    static final ValueForm MAPPING = new ValueForm(Map.of("type", "object"));

    /** Any single value, since a model may be named {@code 3.10}. */
    static final ValueForm TEXT = new ValueForm(Map.of("type", List.of("string", "number", "boolean")));

    static final ValueForm FLAG = new ValueForm(typed(List.of("boolean", "string"), "true|false"));

    static final ValueForm DURATION = new ValueForm(typed("string", "0*[1-9][0-9]*\\s*([mM]?[sS]|[mMhHdDwW])"));

    static final ValueForm PERCENTAGE = new ValueForm(typed("string", "[0-9]*\\.?[0-9]+\\s*%"));

    /** Any value may come from a variable. */
    private static final String REFERENCE = "\\$\\{";

    /** Returns whole numbers from one on. */
    static ValueForm wholeNumber(int least) {
        Map<String, Object> schema = typed(List.of("integer", "string"), "[0-9]+");
        schema.put("minimum", least);
        schema.put("maximum", Integer.MAX_VALUE);
        return new ValueForm(schema);
    }

    /** Returns these words alone; any text if there are none. */
    static ValueForm words(Collection<String> words) {
        if (words.isEmpty()) {
            return TEXT;
        }
        List<Object> values = new ArrayList<>(new TreeSet<>(words));
        // Without quotes, YAML reads it as a truth value.
        if (words.contains("false")) {
            values.add(false);
        }
        Map<String, Object> reference = new TreeMap<>(Map.of("type", "string", "pattern", REFERENCE));
        return new ValueForm(Map.of("anyOf", List.of(Map.of("enum", values), reference)));
    }

    private static Map<String, Object> typed(Object type, String pattern) {
        return new TreeMap<>(Map.of("type", type, "pattern", "^\\s*(" + pattern + ")\\s*$|" + REFERENCE));
    }
}
