package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.Protocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tools of a request, as functions. Confined to one reading.
 *
 * <p>Tools that the client doesn't describe, since Anthropic's servers run them or its models know them, are dropped:
 * some clients offer them always.
 */
final class ToolsReader {

    private final Map<String, Map<String, Object>> functions = new LinkedHashMap<>();

    ToolsReader(Fields request) {
        List<Fields> tools = request.objects("tools");
        if (tools.size() > Protocol.MOST_TOOLS) {
            throw request.wrong(
                    "tools", "has " + tools.size() + " tools, and may have " + Protocol.MOST_TOOLS + " at most");
        }
        for (Fields tool : tools) {
            if (add(tool)) {
                throw tool.wrong("name", "is an earlier tool's too; each tool needs a name of its own");
            }
        }
    }

    /**
     * Adds a tool.
     *
     * @return whether it has replaced one of the same name
     */
    boolean add(Fields tool) {
        String type = tool.text("type").orElse("custom");
        Optional<Fields> schema = tool.object("input_schema");
        if (schema.isEmpty() && !type.equals("custom")) {
            return false;
        }
        Map<String, Object> function = new LinkedHashMap<>();
        String name = tool.needed("name");
        function.put("name", name);
        tool.text("description").ifPresent(text -> function.put("description", text));
        function.put(
                "parameters",
                schema.orElseThrow(() -> tool.wrong("input_schema", "is missing"))
                        .whole());
        tool.flag("strict").ifPresent(strict -> function.put("strict", strict));
        return functions.put(name, Map.of("type", "function", "function", function)) != null;
    }

    /** Returns the tools, and the choice among them that a request makes, as parameters of a chat completion. */
    Map<String, Object> parameters(Fields request) {
        Optional<Fields> choice = request.object("tool_choice");
        Optional<Object> wanted = choice.map(this::choice);
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (!functions.isEmpty()) {
            parameters.put("tools", List.copyOf(functions.values()));
            wanted.ifPresent(value -> parameters.put("tool_choice", value));
            choice.flatMap(fields -> fields.flag("disable_parallel_tool_use"))
                    .filter(disabled -> disabled)
                    .ifPresent(disabled -> parameters.put("parallel_tool_calls", false));
        }
        return parameters;
    }

    private Object choice(Fields choice) {
        String type = choice.needed("type");
        return switch (type) {
            case "auto", "none" -> type;
            case "any" -> {
                if (functions.isEmpty()) {
                    throw choice.wrong("type", "demands a tool, but there is none with an 'input_schema'");
                }
                yield "required";
            }
            case "tool" -> Map.of("type", "function", "function", Map.of("name", named(choice)));
            default -> throw choice.wrong("type", "must be auto, any, tool or none, not '" + type + "'");
        };
    }

    private String named(Fields choice) {
        String name = choice.needed("name");
        if (!functions.containsKey(name)) {
            throw choice.wrong("name", "is '" + name + "', but no tool with an 'input_schema' has this name");
        }
        return name;
    }
}
