package dev.whippletree.model;

import java.util.Map;
import java.util.Objects;

/**
 * A function that the model may call. Immutable.
 *
 * <pre>{@code
 * Tool weather = Tool.of("weather", "Tells the weather of a city", Map.of(
 *         "type", "object",
 *         "properties", Map.of("city", Map.of("type", "string")),
 *         "required", List.of("city")));
 * Completion answer = whippletree.ask(Prompt.builder().user("Is it raining in Paris?").tool(weather).build());
 * answer.toolCalls().forEach(call -> System.out.println(call.name() + " " + call.arguments()));
 * }</pre>
 *
 * @param name what the model calls it; services take letters, digits, {@code _} and {@code -}
 * @param description what it does, for the model
 * @param parameters a JSON Schema of the object of its arguments, in JDK types; empty: it takes none
 */
public record Tool(String name, String description, Map<String, Object> parameters) {

    /** Rejects null and copies mutable values. */
    public Tool {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        parameters = JsonValues.copyOf(parameters);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a tool needs a name");
        }
    }

    /** Returns a tool. */
    public static Tool of(String name, String description, Map<String, Object> parameters) {
        return new Tool(name, description, parameters);
    }

    /** Returns it as the protocol's request describes it. */
    Map<String, Object> toJson() {
        Map<String, Object> schema =
                parameters.isEmpty() ? JsonValues.object("type", "object", "properties", Map.of()) : parameters;
        return JsonValues.object(
                "type",
                "function",
                "function",
                JsonValues.object("name", name, "description", description, "parameters", schema));
    }

    /** Returns its name only, as prompts say no more of themselves. */
    @Override
    public String toString() {
        return "tool " + ShownText.line(name);
    }
}
