package dev.whippletree.provider.openai.read;

import dev.whippletree.model.Delta;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Turns a {@code message}, or one {@code delta} after another, into deltas. Confined to one thread.
 *
 * <p>Tool calls are numbered from 0 in the order in which their names come, whatever the service numbers them by, and a
 * call's id and name are told once, also if the service repeats them. Nothing of a call is told before its name:
 * without one nobody can call anything. A name that comes with another id is another call: servers that translate
 * (Gemini's, LMDeploy's) number all of an answer's calls 0. Another id alone is none: some make up a new one for each
 * delta.
 */
final class AnswerParts {

    private static final String CONTENT = "content";
    private static final String REFUSAL = "refusal";
    private static final String TOOL_CALLS = "tool_calls";
    private static final String ARGUMENTS = "arguments";

    private final ResponseHead head;
    private final Consumer<Delta.Piece> listener;

    /** By the service's number, the latest call that has it. */
    private final Map<Long, Call> calls = new HashMap<>();

    private int named;
    private int unnamed;

    /** A tool call, as far as it has come. */
    private static final class Call {
        private String id = "";
        private ToolCall.Type type = ToolCall.Type.FUNCTION;
        private int number;
        private boolean named;

        /** What came before its name. */
        private final StringBuilder arguments = new StringBuilder();

        private final Map<String, Object> extras = new HashMap<>(0);
    }

    AnswerParts(ResponseHead head, Consumer<Delta.Piece> listener) {
        this.head = head;
        this.listener = listener;
    }

    /**
     * Reports everything in a message, or in a delta of one.
     *
     * @throws NoAnswerException if a part of the answer can't be read; what was before it is told
     */
    void tell(JsonNode message) throws NoAnswerException {
        JsonFields.text(message, "reasoning")
                .or(() -> JsonFields.text(message, "reasoning_content"))
                .ifPresent(text -> listener.accept(new Delta.Reasoning(text)));
        tellContent(JsonFields.present(message, CONTENT));
        tell(string(message, REFUSAL), Delta.Refusal::new);
        tellToolCalls(JsonFields.present(message, TOOL_CALLS));
        tellTool(0, Optional.empty(), JsonFields.present(message, "function_call"), ToolCall.Type.FUNCTION, Map.of());
    }

    /**
     * Content is a string; some services answer with an array of parts, as requests may have it. In Mistral's, parts
     * of type {@code thinking} hold the reasoning, in parts of their own.
     */
    private void tellContent(Optional<JsonNode> content) throws NoAnswerException {
        if (content.isEmpty() || content.get().isString()) {
            tell(content.map(JsonNode::stringValue).orElse(""), Delta.Text::new);
            return;
        }
        NoAnswerException.unless(content.get().isArray(), head, CONTENT);
        StringBuilder thoughts = new StringBuilder();
        StringBuilder text = new StringBuilder();
        StringBuilder refusal = new StringBuilder();
        for (JsonNode part : content.get()) {
            NoAnswerException.unless(part.isObject(), head, CONTENT);
            for (JsonNode thought : part.path("thinking")) {
                thoughts.append(string(thought, "text"));
            }
            text.append(string(part, "text"));
            refusal.append(string(part, REFUSAL));
        }
        tell(thoughts.toString(), Delta.Reasoning::new);
        tell(text.toString(), Delta.Text::new);
        tell(refusal.toString(), Delta.Refusal::new);
    }

    private void tell(String text, Function<String, Delta.Piece> piece) {
        if (!text.isEmpty()) {
            listener.accept(piece.apply(text));
        }
    }

    /** Tool calls are a list; older text-generation-inference servers stream one at a time, without the list. */
    private void tellToolCalls(Optional<JsonNode> calls) throws NoAnswerException {
        if (calls.isEmpty()) {
            return;
        }
        if (calls.get().isObject()) {
            tellToolCall(calls.get(), 0);
            return;
        }
        NoAnswerException.unless(calls.get().isArray(), head, TOOL_CALLS);
        for (int place = 0; place < calls.get().size(); place++) {
            tellToolCall(calls.get().get(place), place);
        }
    }

    private void tellToolCall(JsonNode call, long place) throws NoAnswerException {
        Optional<Long> index = JsonFields.count(call, "index");
        NoAnswerException.unless(
                call.isObject()
                        && (index.isPresent()
                                || JsonFields.present(call, "index").isEmpty()),
                head,
                TOOL_CALLS);
        Optional<JsonNode> custom = JsonFields.present(call, "custom");
        ToolCall.Type type = custom.isPresent() ? ToolCall.Type.CUSTOM : ToolCall.Type.FUNCTION;
        tellTool(
                index.orElse(place),
                JsonFields.text(call, "id"),
                custom.or(() -> JsonFields.present(call, "function")),
                type,
                ExtraFields.ofToolCall(call));
    }

    private void tellTool(
            long index, Optional<String> id, Optional<JsonNode> tool, ToolCall.Type type, Map<String, Object> extras)
            throws NoAnswerException {
        boolean extended = !extras.isEmpty() && calls.containsKey(index);
        if (tool.isEmpty() && !extended) {
            return;
        }
        JsonNode told = tool.orElse(MissingNode.getInstance());
        NoAnswerException.unless(tool.isEmpty() || told.isObject(), head, TOOL_CALLS);
        String name = string(told, "name");
        String arguments = type == ToolCall.Type.CUSTOM ? string(told, "input") : arguments(told);
        if (id.isEmpty() && name.isEmpty() && arguments.isEmpty() && !extended) {
            return; // It is no call yet.
        }
        Call call = call(index, id, name);
        call.type = tool.isPresent() ? type : call.type;
        Optional<String> freshId = call.id.isEmpty() ? id : Optional.empty();
        freshId.ifPresent(text -> call.id = text);
        if (call.named) {
            if (freshId.isPresent() || !arguments.isEmpty() || !extras.isEmpty()) {
                listener.accept(
                        new Delta.ToolCallPart(call.number, freshId, Optional.empty(), arguments, call.type, extras));
            }
            return;
        }
        call.arguments.append(arguments);
        call.extras.putAll(extras);
        if (!name.isEmpty()) {
            call.named = true;
            call.number = named++;
            unnamed--;
            Optional<String> knownId = Optional.of(call.id).filter(text -> !text.isEmpty());
            listener.accept(new Delta.ToolCallPart(
                    call.number, knownId, Optional.of(name), call.arguments.toString(), call.type, call.extras));
        }
    }

    private Call call(long index, Optional<String> id, String name) {
        Call known = calls.get(index);
        if (known != null && (name.isEmpty() || id.isEmpty() || known.id.isEmpty() || known.id.equals(id.get()))) {
            return known;
        }
        unnamed++;
        Call other = new Call();
        calls.put(index, other);
        return other;
    }

    /** Checks that every tool call has a name by now. */
    void requireNames() throws NoAnswerException {
        if (unnamed > 0) {
            throw NoAnswerException.damaged(head, "a tool call of the answer has no name");
        }
    }

    /** Arguments are JSON as text; some services write them as JSON itself. */
    private String arguments(JsonNode function) throws NoAnswerException {
        return JsonFields.object(function, ARGUMENTS).isPresent()
                ? function.get(ARGUMENTS).toString()
                : string(function, ARGUMENTS);
    }

    /** Returns a field's text, empty if it is missing or null. */
    private String string(JsonNode node, String field) throws NoAnswerException {
        Optional<JsonNode> value = JsonFields.present(node, field);
        NoAnswerException.unless(value.isEmpty() || value.get().isString(), head, field);
        return value.map(JsonNode::stringValue).orElse("");
    }
}
