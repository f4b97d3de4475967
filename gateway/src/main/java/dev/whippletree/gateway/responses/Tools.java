package dev.whippletree.gateway.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.Protocol;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a request offers, as functions of chat completions. A namespace becomes a part of its tools' names; a
 * custom tool becomes a function with its input as the only argument; tools that the service would have to run itself
 * are dropped. Confined to one reading, then immutable.
 */
final class Tools {

    private static final int LONGEST_NAME = 64;
    private static final String INPUT = "input";
    private static final Map<String, Object> NO_PARAMETERS = Map.of("type", "object", "properties", Map.of());
    private static final Map<String, Object> INPUT_ALONE = Map.of(
            "type",
            "object",
            "properties",
            Map.of(INPUT, Map.of("type", "string", "description", "The whole input of the tool, as plain text.")),
            "required",
            List.of(INPUT),
            "additionalProperties",
            false);

    /**
     * A tool as the client knows it. Immutable.
     *
     * @param namespace empty: none
     * @param custom whether its input is a text of its own rather than a JSON object
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
        return new String(GatewayJson.write(Map.of(INPUT, input)), UTF_8);
    }

    /** Returns the input of a custom tool that is called with these arguments, or all of them if they have no input. */
    static String input(String arguments) {
        return json(arguments)
                .map(object -> object.get(INPUT))
                .map(input -> input instanceof String text ? text : new String(GatewayJson.write(input), UTF_8))
                .orElse(arguments);
    }

    /** Reads the arguments of a function; empty if they aren't a JSON object, perhaps not yet. */
    static Optional<Map<String, Object>> json(String arguments) {
        return GatewayJson.object(new ByteArrayInputStream(arguments.getBytes(UTF_8)), values -> {});
    }

    /**
     * Reads offered tools.
     *
     * @param at where they stand in the request
     */
    void read(String at, List<?> list) {
        read(at, list, "");
    }

    private void read(String at, List<?> list, String namespace) {
        for (int index = 0; index < list.size(); index++) {
            Fields tool = Fields.object(at + "[" + index + "]", list.get(index));
            String type = tool.text("type").orElseThrow(() -> tool.wrong("type", "is missing"));
            switch (type) {
                case "function" -> add(namespace, name(tool), false, function(tool));
                case "custom" -> add(namespace, name(tool), true, custom(tool));
                case "namespace" -> read(tool.at("tools"), tool.list("tools").orElse(List.of()), name(tool));
                default -> dropped.add(type);
            }
            if (tools.size() > Protocol.MOST_TOOLS) {
                throw tool.wrong("type", "is one tool too many: a request may offer " + Protocol.MOST_TOOLS);
            }
        }
    }

    static String name(Fields tool) {
        return tool.text("name").filter(given -> !given.isBlank()).orElseThrow(() -> tool.wrong("name", "is missing"));
    }

    private void add(String namespace, String name, boolean custom, Map<String, Object> definition) {
        String function = functionNames.computeIfAbsent(List.of(namespace, name), named -> unused(namespace, name));
        tools.put(function, new Tool(name, namespace, custom));
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", function);
        named.putAll(definition);
        functions.put(function, named);
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

    /** Leaves {@code strict: false} out: that is what chat completions have if nothing is said. */
    private static Map<String, Object> function(Fields tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        tool.text("description").ifPresent(text -> function.put("description", text));
        function.put(
                "parameters",
                tool.take("parameters")
                        .map(value ->
                                Fields.object(tool.at("parameters"), value).rest())
                        .orElse(NO_PARAMETERS));
        tool.flag("strict").filter(strict -> strict).ifPresent(strict -> function.put("strict", true));
        return function;
    }

    /** The grammar of the input binds nobody any more, but the model can read it. */
    private static Map<String, Object> custom(Fields tool) {
        String description = tool.text("description").orElse("");
        String grammar = tool.take("format")
                .map(value -> Fields.object(tool.at("format"), value))
                .flatMap(format -> format.text("definition")
                        .map(definition -> "Its input follows this grammar"
                                + format.text("syntax")
                                        .map(name -> " (" + name + ")")
                                        .orElse("") + ":\n"
                                + definition))
                .orElse("");
        return Map.of("description", (description + "\n\n" + grammar).strip(), "parameters", INPUT_ALONE);
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
            chat.put(
                    "tools",
                    functions.values().stream()
                            .map(function -> Map.of("type", "function", "function", function))
                            .toList());
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
            throw request.wrong("tool_choice", "requires a tool, but the request offers no function" + hosted());
        }
        return mode;
    }

    private Object choice(Fields request, @Nullable Object given) {
        Fields choice = Fields.object(request.at("tool_choice"), given);
        String type = choice.text("type").orElseThrow(() -> choice.wrong("type", "is missing"));
        return switch (type) {
            case "function", "custom" -> Map.of("type", "function", "function", Map.of("name", chosen(choice)));
            case "allowed_tools" -> allowed(request, choice);
            default -> throw choice.wrong("type", "demands '" + type + "'" + hosted(Set.of(type)));
        };
    }

    private String chosen(Fields choice) {
        String function = function(choice.text("namespace").orElse(""), name(choice));
        if (!tools.containsKey(function)) {
            throw choice.wrong("name", "names a tool that the request doesn't offer: '" + function + "'");
        }
        return function;
    }

    /** Only the allowed tools are offered, since few services know of such a choice. */
    private String allowed(Fields request, Fields choice) {
        List<?> list = choice.list("tools").orElse(List.of());
        List<String> allowed = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            Fields tool = Fields.object(choice.at("tools") + "[" + index + "]", list.get(index));
            if (!dropped.contains(tool.text("type").orElse("function"))) {
                allowed.add(chosen(tool));
            }
        }
        functions.keySet().retainAll(allowed);
        return mode(request, choice.text("mode").orElse("auto"));
    }

    private String hosted() {
        return dropped.isEmpty() ? "" : hosted(dropped);
    }

    private static String hosted(Set<String> types) {
        return types.stream().sorted().collect(Collectors.joining(", ", "; the gateway can't run ", ""))
                + ": offer a function instead, and run it yourself";
    }
}
