package dev.whippletree.provider.openai;

import dev.whippletree.model.Delta;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Turns a {@code message}, or one {@code delta} after another, into deltas. Confined to one thread.
 *
 * <p>Tool calls are numbered from 0 in the order in which they first appear, whatever the service numbers them by, and a call's
 * id and name are told once, also if the service repeats them.
 */
final class AnswerParts {

    private final Consumer<Delta.Piece> listener;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final Set<Integer> identified = new HashSet<>();
    private final Set<Integer> named = new HashSet<>();

    AnswerParts(Consumer<Delta.Piece> listener) {
        this.listener = listener;
    }

    /**
     * Tells all that a message, or a delta of one, holds.
     *
     * @param message a JSON object
     */
    void tell(JsonNode message) {
        Json.text(message, "reasoning")
                .or(() -> Json.text(message, "reasoning_content"))
                .ifPresent(text -> listener.accept(new Delta.Reasoning(text)));
        content(message).ifPresent(text -> listener.accept(new Delta.Text(text)));
        Json.present(message, "tool_calls").filter(JsonNode::isArray).ifPresent(this::tellToolCalls);
        Json.object(message, "function_call")
                .ifPresent(function -> tellFunction(number(0), Optional.empty(), function));
    }

    /** Content is a string; some services answer with an array of parts, as requests may have it. */
    private static Optional<String> content(JsonNode message) {
        return Json.text(message, "content")
                .or(() -> Json.present(message, "content")
                        .filter(JsonNode::isArray)
                        .map(parts -> parts.valueStream()
                                .flatMap(part -> Json.text(part, "text").stream())
                                .collect(Collectors.joining()))
                        .filter(text -> !text.isEmpty()));
    }

    private void tellToolCalls(JsonNode calls) {
        for (int position = 0; position < calls.size(); position++) {
            JsonNode call = calls.get(position);
            int number = number(Json.count(call, "index").orElse((long) position));
            Json.object(call, "function").ifPresent(function -> tellFunction(number, Json.text(call, "id"), function));
        }
    }

    private int number(long index) {
        return numbers.computeIfAbsent(index, unseen -> numbers.size());
    }

    private void tellFunction(int number, Optional<String> id, JsonNode function) {
        Optional<String> freshId = id.filter(text -> identified.add(number));
        Optional<String> freshName = Json.text(function, "name").filter(text -> named.add(number));
        String arguments = Json.text(function, "arguments").orElse("");
        if (freshId.isPresent() || freshName.isPresent() || !arguments.isEmpty()) {
            listener.accept(new Delta.ToolCallPart(number, freshId, freshName, arguments));
        }
    }
}
