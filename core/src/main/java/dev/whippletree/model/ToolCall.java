package dev.whippletree.model;

import java.util.Map;
import java.util.Objects;

/**
 * A tool that the model calls. Immutable.
 *
 * @param id the id that the tool's result refers to; may be empty if the service sends none
 * @param name the tool's name
 * @param arguments what the model wrote: for a function a JSON object as text, perhaps invalid JSON; for a custom tool
 *     its input, any text
 * @param type what kind of tool it calls
 * @param extras all other fields of the call as JSON values in JDK types, which some services want back unchanged
 */
public record ToolCall(String id, String name, String arguments, Type type, Map<String, Object> extras) {

    /** What kind of tool is called. */
    public enum Type {
        /** A function, with a JSON object of arguments. */
        FUNCTION,
        /** A custom tool, whose input is any text. */
        CUSTOM
    }

    /** Rejects null and copies mutable values. */
    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
        Objects.requireNonNull(type, "type");
        extras = JsonValues.copyOfFields(extras);
    }

    /** Creates a call without extras. */
    public ToolCall(String id, String name, String arguments, Type type) {
        this(id, name, arguments, type, Map.of());
    }

    /** Creates the call of a function. */
    public ToolCall(String id, String name, String arguments) {
        this(id, name, arguments, Type.FUNCTION);
    }
}
