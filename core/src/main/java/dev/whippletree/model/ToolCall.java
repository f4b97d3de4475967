package dev.whippletree.model;

import java.util.Objects;

/**
 * A function the model wants called. Immutable.
 *
 * @param id what the tool's result refers to; may be empty where a service gives none
 * @param name the function's name
 * @param arguments a JSON object as text, exactly as the model wrote it; it need not be valid JSON
 */
public record ToolCall(String id, String name, String arguments) {

    /** Rejects null. */
    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
    }
}
