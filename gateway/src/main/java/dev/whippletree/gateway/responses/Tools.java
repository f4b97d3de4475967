package dev.whippletree.gateway.responses;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.Protocol;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tools that a request offers, as functions of chat completions. A namespace becomes a part of its tools' names; a
 * custom tool becomes a function with its input as the only argument; tools that the service would have to run itself
 * are dropped. Confined to one reading, then immutable.
 */
final class Tools {

    private static final int LONGEST_NAME = 64;
    private static final String INPUT = "input";
    private static final Map<String, Object> NO_PARAMETERS = Map.of("type", "object", "properties", Map.of());
    private static final Map<String, Object> INPUT_ALONE =
            GatewayJson.object("""
            {"type": "object", "properties": {"input": {"type": "string", "description": "All of it, as plain text."}},
             "required": ["input"], "additionalProperties": false}""").orElseThrow();

    /**
     * A tool as the client knows it. Immutable.
     *
     * @param namespace empty: none
     */
    record Tool(String name, String namespace, boolean custom) {}

    private final Map<List<String>, String> functionNames = new LinkedHashMap<>();
    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> functions = new LinkedHashMap<>();
    private final Set<String> dropped = new HashSet<>();

    /** Returns the tool of a function that the model calls; the model may call one that nobody offered. */
    Tool called(String function) {
        return tools.getOrDefault(function, new Tool(function, "", false));
    }

    /** Returns the function that stands for a tool, offered in this request or not. */
    String function(String namespace, String name) {
        String offered = functionNames.get(List.of(namespace, name));
        return offered == null ? functionName(namespace, name) : offered;
    }

    /** Returns the input of a custom tool as the arguments of its function. */
    static String arguments(String input) {
        return GatewayJson.text(Map.of(INPUT, input));
    }

    /** Returns the input of a custom tool that is called with these arguments, or all of them if they have no input. */
    static String input(String arguments) {
        return GatewayJson.object(arguments)
                .map(object -> object.get(INPUT))
                .map(input -> input instanceof String text ? text : GatewayJson.text(input))
                .orElse(arguments);
    }

    /** Reads offered tools of a namespace; empty: of none. */
    void read(List<Fields> offered, String namespace) {
        for (Fields tool : offered) {
            String type = tool.needed("type");
            switch (type) {
                case "function" -> add(namespace, tool, false, function(tool));
                case "custom" -> add(namespace, tool, true, custom(tool));
                case "namespace" -> read(tool.objects("tools"), tool.needed("name"));
                default -> dropped.add(type);
            }
            if (tools.size() > Protocol.MOST_TOOLS) {
                throw tool.wrong("type", "is one tool too many: a request may offer " + Protocol.MOST_TOOLS);
            }
        }
    }

    private void add(String namespace, Fields tool, boolean custom, Map<String, Object> definition) {
        String name = tool.needed("name");
        String function = functionNames.computeIfAbsent(List.of(namespace, name), named -> unused(namespace, name));
        tools.put(function, new Tool(name, namespace, custom));
        definition.put("name", function);
        functions.put(function, definition);
    }

    private String unused(String namespace, String name) {
        String wanted = functionName(namespace, name);
        String function = wanted;
        for (int next = 2; tools.containsKey(function); next++) {
            String suffix = "_" + next;
            function = wanted.substring(0, Math.min(wanted.length(), LONGEST_NAME - suffix.length())) + suffix;
        }
        return function;
    }

    /** Services take letters, digits, {@code _} and {@code -}; a name without a namespace is the client's to choose. */
    private static String functionName(String namespace, String name) {
        if (namespace.isEmpty()) {
            return name;
        }
        String joined = (namespace + "__" + name).replaceAll("[^A-Za-z0-9_-]", "_");
        return joined.substring(0, Math.min(joined.length(), LONGEST_NAME));
    }

    /** Omits {@code strict: false}, the default of chat completions. */
    private static Map<String, Object> function(Fields tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        tool.text("description").ifPresent(text -> function.put("description", text));
        function.put("parameters", tool.object("parameters").map(Fields::whole).orElse(NO_PARAMETERS));
        tool.flag("strict").filter(strict -> strict).ifPresent(strict -> function.put("strict", true));
        return function;
    }

    /** Moves the input's grammar into the description: services don't enforce it, but the model can read it. */
    private static Map<String, Object> custom(Fields tool) {
        StringBuilder description = new StringBuilder(tool.text("description").orElse(""));
        tool.object("format")
                .ifPresent(format -> format.text("definition")
                        .ifPresent(grammar -> description
                                .append("\n\nIts input follows this grammar (")
                                .append(format.text("syntax").orElse("any"))
                                .append("):\n")
                                .append(grammar)));
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("description", description.toString().strip());
        function.put("parameters", INPUT_ALONE);
        return function;
    }

    /**
     * Puts the tools and which of them to call into the parameters of a chat completion; nothing if there are none.
     *
     * @param request takes {@code tool_choice} and {@code parallel_tool_calls} of it
     * @return the choice as the client made it
     */
    Object offer(Fields request, Map<String, Object> chat) {
        Object given = request.take("tool_choice").orElse("auto");
        Object choice = given instanceof String mode ? mode(request, mode) : choice(request, given);
        Optional<Boolean> parallel = request.flag("parallel_tool_calls");
        if (!functions.isEmpty()) {
            List<Map<String, Object>> offered = functions.values().stream()
                    .map(function -> Map.of("type", "function", "function", function))
                    .toList();
            chat.put("tools", offered);
            if (!choice.equals("auto")) {
                chat.put("tool_choice", choice);
            }
            parallel.ifPresent(flag -> chat.put("parallel_tool_calls", flag));
        }
        return given;
    }

    private String mode(Fields request, String mode) {
        if (!Set.of("auto", "none", "required").contains(mode)) {
            throw request.wrong("tool_choice", "must be auto, none, required or an object, not '" + mode + "'");
        }
        if (mode.equals("required") && functions.isEmpty()) {
            throw request.wrong("tool_choice", "requires a tool, but the request offers no function" + hosted(dropped));
        }
        return mode;
    }

    private Object choice(Fields request, Object given) {
        Fields choice = Fields.object("tool_choice", given);
        String type = choice.needed("type");
        return switch (type) {
            case "function", "custom" -> Map.of("type", "function", "function", Map.of("name", chosen(choice)));
            case "allowed_tools" -> {
                // Few services know of such a choice, so no other tool is offered.
                functions
                        .keySet()
                        .retainAll(choice.objects("tools").stream()
                                .filter(tool ->
                                        !dropped.contains(tool.text("type").orElse("")))
                                .map(this::chosen)
                                .toList());
                yield mode(request, choice.text("mode").orElse("auto"));
            }
            default -> throw choice.wrong("type", "demands '" + type + "'" + hosted(Set.of(type)));
        };
    }

    private String chosen(Fields choice) {
        String function = function(choice.text("namespace").orElse(""), choice.needed("name"));
        if (!tools.containsKey(function)) {
            throw choice.wrong("name", "names a tool that the request doesn't offer: '" + function + "'");
        }
        return function;
    }

    private static String hosted(Set<String> types) {
        String hosted = types.stream().sorted().collect(Collectors.joining(", "));
        return hosted.isEmpty() ? "" : "; the gateway can't run " + hosted + ": offer a function, and run it yourself";
    }
}
