package dev.whippletree.emulator.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which form of answer a request asks for, by the fields that say so. Immutable.
 *
 * <p>A request with tools is answered by a call of the one that {@code tool_choice} names, else of the first, until the
 * last message is a tool's result. What wants JSON gets JSON, of its schema if it has one. Everything else is prose.
 *
 * @param function the name of the function to call; absent: none
 * @param schema what JSON the answer, or the call's arguments, have to be; absent: no JSON
 */
record WantedForm(Optional<String> function, Optional<Map<?, ?>> schema) {

    private static final WantedForm PROSE = new WantedForm(Optional.empty(), Optional.empty());

    /** What JSON looks like of which nothing is said. */
    private static final Map<String, Object> ANY_OBJECT =
            Map.of("type", "object", "properties", Map.of("answer", Map.of("type", "string")));

    static WantedForm of(ChatRequest request) {
        return called(request)
                .map(function -> new WantedForm(
                        Optional.of(String.valueOf(function.get("name"))),
                        Optional.of(object(function, "parameters").orElse(Map.of("type", "object")))))
                .orElseGet(() -> object(request.others(), "response_format")
                        .map(WantedForm::formatted)
                        .orElse(PROSE));
    }

    private static Optional<? extends Map<?, ?>> called(ChatRequest request) {
        List<? extends Map<?, ?>> functions = functions(request.others().get("tools"));
        ChatMessage last = request.messages().isEmpty()
                ? new ChatMessage("", "")
                : request.messages().get(request.messages().size() - 1);
        if ("none".equals(request.others().get("tool_choice")) || last.role().equals("tool")) {
            return Optional.empty();
        }
        Optional<?> chosen = object(request.others(), "tool_choice")
                .flatMap(choice -> object(choice, "function"))
                .map(function -> function.get("name"));
        return functions.stream()
                .filter(function -> chosen.isEmpty() || chosen.get().equals(function.get("name")))
                .findFirst();
    }

    private static List<? extends Map<?, ?>> functions(@Nullable Object tools) {
        return tools instanceof List<?> list
                ? list.stream()
                        .filter(Map.class::isInstance)
                        .flatMap(tool -> object((Map<?, ?>) tool, "function").stream())
                        .toList()
                : List.of();
    }

    private static WantedForm formatted(Map<?, ?> format) {
        return switch (String.valueOf(format.get("type"))) {
            case "json_object" -> new WantedForm(Optional.empty(), Optional.of(ANY_OBJECT));
            case "json_schema" ->
                new WantedForm(
                        Optional.empty(),
                        Optional.of(object(format, "json_schema")
                                .flatMap(named -> object(named, "schema"))
                                .orElse(ANY_OBJECT)));
            default -> PROSE;
        };
    }

    private static Optional<Map<?, ?>> object(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Map<?, ?> object ? Optional.of(object) : Optional.empty();
    }
}
