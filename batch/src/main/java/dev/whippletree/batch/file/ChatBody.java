package dev.whippletree.batch.file;

import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of a chat-completions request in a line. Immutable.
 *
 * @param model what it calls a model
 * @param messages the conversation
 * @param parameters the parameters, with all fields that this reader doesn't know
 */
record ChatBody(Optional<String> model, List<Message> messages, Parameters parameters) {

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it isn't one, saying where and why
     */
    static ChatBody read(Map<String, Object> json) {
        Fields fields = new Fields("body", json);
        Optional<String> model = fields.text("model").filter(name -> !name.isBlank());
        List<Message> messages = messages(fields);
        if (fields.whole("n").orElse(1L) != 1) {
            throw fields.wrong("n", "must be 1: a line gets one answer");
        }
        Object logprobs = fields.take("logprobs");
        if (Boolean.TRUE.equals(logprobs)) {
            throw fields.wrong("logprobs", "isn't supported; leave it out");
        }
        fields.take("stream");
        fields.take("stream_options");
        return new ChatBody(model, messages, parameters(fields));
    }

    private static Parameters parameters(Fields fields) {
        OptionalDouble temperature = fields.number("temperature");
        OptionalDouble topP = fields.number("top_p");
        Optional<Long> seed = fields.whole("seed");
        Optional<Long> older = fields.whole("max_tokens");
        Optional<Long> most = fields.whole("max_completion_tokens").or(() -> older);
        List<String> stop = stop(fields);
        return new Parameters(
                temperature,
                topP,
                most.map(tokens ->
                                OptionalInt.of((int) Math.max(Integer.MIN_VALUE, Math.min(tokens, Integer.MAX_VALUE))))
                        .orElseGet(OptionalInt::empty),
                seed.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                stop,
                fields.rest());
    }

    private static List<String> stop(Fields fields) {
        Object stop = fields.take("stop");
        if (stop == null) {
            return List.of();
        }
        if (stop instanceof String text) {
            return List.of(text);
        }
        if (stop instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw fields.wrong("stop", "must be a string or a list of strings");
    }

    private static List<Message> messages(Fields fields) {
        List<?> list = fields.list("messages");
        if (list.isEmpty()) {
            throw fields.wrong("messages", "must be a list of at least one message");
        }
        List<Message> messages = new ArrayList<>(list.size());
        for (int index = 0; index < list.size(); index++) {
            messages.add(message(Fields.of(fields.at("messages") + "[" + index + "]", list.get(index))));
        }
        return messages;
    }

    private static Message message(Fields fields) {
        Role role = role(fields);
        Object content = fields.take("content");
        if (content != null && !(content instanceof String) && !(content instanceof List<?>)) {
            throw fields.wrong("content", "must be a string or a list of parts");
        }
        String text = content instanceof String there ? there : "";
        List<Map<String, Object>> parts = new ArrayList<>(0);
        if (content instanceof List<?> list) {
            list.forEach(part -> parts.add(Fields.of(fields.at("content"), part).rest()));
        }
        List<ToolCall> calls = new ArrayList<>(0);
        fields.list("tool_calls").forEach(call -> calls.add(toolCall(Fields.of(fields.at("tool_calls"), call))));
        Optional<String> callId = fields.text("tool_call_id");
        return new Message(role, text, parts, calls, callId, fields.rest());
    }

    private static Role role(Fields fields) {
        String name = fields.text("role").orElse("");
        for (Role role : Role.values()) {
            if (role.wireName().equals(name.toLowerCase(Locale.ROOT))) {
                return role;
            }
        }
        throw fields.wrong("role", "must be system, developer, user, assistant or tool, not '" + name + "'");
    }

    private static ToolCall toolCall(Fields call) {
        Fields function = Fields.of(call.at("function"), call.take("function"));
        return new ToolCall(
                call.text("id").orElse(""),
                function.text("name").orElseThrow(() -> function.wrong("name", "is missing")),
                function.text("arguments").orElse(""));
    }

    /** The fields of an object, taken one by one; the rest are fields that this reader doesn't know. */
    private record Fields(String path, Map<String, Object> left) {

        Fields {
            left = new LinkedHashMap<>(left);
        }

        @SuppressWarnings("unchecked")
        static Fields of(String path, @Nullable Object value) {
            if (value instanceof Map<?, ?> map) {
                return new Fields(path, (Map<String, Object>) map);
            }
            throw new IllegalArgumentException("'" + path + "' must be an object");
        }

        String at(String field) {
            return path + "." + field;
        }

        IllegalArgumentException wrong(String field, String what) {
            return new IllegalArgumentException("'" + at(field) + "' " + what);
        }

        @Nullable Object take(String field) {
            return left.remove(field);
        }

        Optional<String> text(String field) {
            Object value = take(field);
            if (value != null && !(value instanceof String)) {
                throw wrong(field, "must be a string");
            }
            return Optional.ofNullable((String) value);
        }

        OptionalDouble number(String field) {
            Object value = take(field);
            if (value != null && !(value instanceof Number)) {
                throw wrong(field, "must be a number");
            }
            return value instanceof Number number ? OptionalDouble.of(number.doubleValue()) : OptionalDouble.empty();
        }

        Optional<Long> whole(String field) {
            Object value = take(field);
            if (value != null && !(value instanceof Integer || value instanceof Long)) {
                throw wrong(field, "must be a whole number");
            }
            return Optional.ofNullable((Number) value).map(Number::longValue);
        }

        List<?> list(String field) {
            Object value = take(field);
            if (value != null && !(value instanceof List<?>)) {
                throw wrong(field, "must be a list");
            }
            return value instanceof List<?> list ? list : List.of();
        }

        /** Null stands for absent. */
        Map<String, Object> rest() {
            left.values().removeIf(value -> value == null);
            return left;
        }
    }
}
