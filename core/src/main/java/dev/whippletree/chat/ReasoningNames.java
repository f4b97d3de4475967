package dev.whippletree.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a message that have its reasoning. Stateless. */
public final class ReasoningNames {

    /** The names that services have for it. */
    public static final List<String> ALL = List.of("reasoning", "reasoning_content");

    private ReasoningNames() {}

    /** Returns a reasoning by each name, since some clients know only one. */
    public static Map<String, String> of(String reasoning) {
        Map<String, String> fields = new LinkedHashMap<>();
        ALL.forEach(name -> fields.put(name, reasoning));
        return fields;
    }
}
