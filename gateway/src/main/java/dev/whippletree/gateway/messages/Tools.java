package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of a request, as functions. Confined to one reading.
 *
 * <p>Tools that the client doesn't describe, since Anthropic's servers run them or its models know them, are dropped:
 * some clients offer them always.
 */
final class Tools {

    private final Map<String, Map<String, Object>> functions = new LinkedHashMap<>();
    private final Set<String> dropped = new HashSet<>();

    /** Takes the tools from a request. */
    Tools(Fields request) {
        List<?> tools = request.list("tools").orElse(List.of());
        if (tools.size() > Protocol.MOST_TOOLS) {
            throw request.wrong(
                    "tools", "has " + tools.size() + " tools, and may have " + Protocol.MOST_TOOLS + " at most");
        }
        for (int index = 0; index < tools.size(); index++) {
            Fields tool = Fields.object(request.at("tools") + "[" + index + "]", tools.get(index));
            String name = tool.text("name").orElse("");
            if (functions.containsKey(name)) {
                throw tool.wrong(
                        "name", "is '" + name + "', as an earlier tool's is; each tool needs a name of its own");
            }
            add(tool, name);
        }
    }

    private void add(Fields tool, String name) {
        String type = tool.text("type").orElse("custom");
        Optional<Object> schema = tool.take("input_schema");
        if (schema.isEmpty() && !type.equals("custom")) {
            dropped.add(name);
            return;
        }
        if (name.isEmpty()) {
            throw tool.wrong("name", "is missing");
        }
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", name);
        tool.text("description").ifPresent(text -> function.put("description", text));
        Object given = schema.orElseThrow(() -> tool.wrong("input_schema", "is missing"));
        function.put("parameters", Fields.object(tool.at("input_schema"), given).rest());
        tool.flag("strict").ifPresent(strict -> function.put("strict", strict));
        functions.put(name, Map.of("type", "function", "function", function));
    }

    /**
     * Applies a change that a message makes: of a tool that it defines, or of one that it names. The conversation goes
     * on with the tools after the last change.
     */
    void change(Fields change, boolean addition) {
        Fields tool = Fields.object(change.at("tool"), change.take("tool").orElse(null));
        Optional<Object> definition = tool.take("definition");
        if (addition && definition.isPresent()) {
            Fields defined = Fields.object(tool.at("definition"), definition.get());
            add(defined, defined.text("name").orElse(""));
        } else if (!addition) {
            tool.text("name").or(() -> tool.text("tool_name")).ifPresent(functions::remove);
        }
    }

    /** Adds the tools and the choice among them to the parameters of a chat completion. */
    void put(Fields request, Map<String, Object> parameters) {
        Optional<Fields> choice =
                request.take("tool_choice").map(value -> Fields.object(request.at("tool_choice"), value));
        Optional<Object> wanted = choice.map(this::choice);
        if (functions.isEmpty()) {
            return;
        }
        parameters.put("tools", new ArrayList<>(functions.values()));
        wanted.ifPresent(value -> parameters.put("tool_choice", value));
        if (choice.flatMap(fields -> fields.flag("disable_parallel_tool_use")).orElse(false)) {
            parameters.put("parallel_tool_calls", false);
        }
    }

    private Object choice(Fields choice) {
        String type = choice.text("type").orElse("");
        switch (type) {
            case "auto", "none":
                return type;
            case "any":
                if (functions.isEmpty()) {
                    throw choice.wrong("type", "demands a tool, but there is none that the client itself runs");
                }
                return "required";
            case "tool":
                return Map.of("type", "function", "function", Map.of("name", named(choice)));
            default:
                throw choice.wrong("type", "must be auto, any, tool or none, not '" + type + "'");
        }
    }

    private String named(Fields choice) {
        String name = choice.text("name").orElse("");
        if (dropped.contains(name)) {
            throw choice.wrong(
                    "name", "demands '" + name + "', but this gateway offers only tools with an 'input_schema'");
        }
        if (!functions.containsKey(name)) {
            throw choice.wrong("name", "is '" + name + "', but no tool has this name");
        }
        return name;
    }
}
