package dev.whippletree.model;

import java.util.Objects;

/**
 * A function that the model calls. Immutable.
 *
 * @param id the id that the tool's result refers to; may be empty if the service sends none
 * @param name the function's name
 * @param arguments a JSON object as text, exactly as the model wrote it; perhaps invalid JSON
 */
public record ToolCall(String id, String name, String arguments) {

    /** Rejects null. */
    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
    }
}
