package dev.whippletree.gateway;

import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A chat-completions request. Immutable.
 *
 * @param model what the client calls a model
 * @param messages the conversation
 * @param parameters the parameters, with all fields that the gateway doesn't know
 * @param streaming whether the client wants the answer while it comes
 * @param usage whether the client wants to be told the tokens used at the end of a stream
 */
record CompletionRequest(
        Optional<String> model, List<Message> messages, Parameters parameters, boolean streaming, boolean usage) {

    /**
     * Reads one.
     *
     * @throws RequestException if it isn't one, saying where and why
     */
    static CompletionRequest read(ReceivedBody body) {
        Map<String, Object> json = body.json()
                .orElseThrow(() -> new RequestException(ApiError.wrong("", "the request's body isn't a JSON object")));
        try {
            return read(new Fields("", json));
        } catch (IllegalArgumentException e) {
            throw new RequestException(ApiError.wrong("", String.valueOf(e.getMessage())));
        }
    }

    private static CompletionRequest read(Fields fields) {
        Optional<String> model = fields.text("model").filter(name -> !name.isBlank());
        List<Message> messages = messages(fields);
        boolean streaming = fields.flag("stream").orElse(false);
        boolean usage = fields.take("stream_options")
                .map(value -> Fields.object("stream_options", value))
                .flatMap(options -> options.flag("include_usage"))
                .orElse(false);
        refuseWhatIsLost(fields);
        return new CompletionRequest(model, messages, parameters(fields), streaming, usage);
    }

    /** Better an error than an answer in which something that was asked for is missing. */
    private static void refuseWhatIsLost(Fields fields) {
        if (fields.whole("n").orElse(1L) != 1) {
            throw fields.wrong("n", "must be 1: one request gets one answer");
        }
        if (fields.flag("logprobs").orElse(false)) {
            throw fields.wrong("logprobs", "isn't supported by this gateway");
        }
        if (fields.take("audio").isPresent()) {
            throw fields.wrong("audio", "isn't supported by this gateway");
        }
    }

    private static Parameters parameters(Fields fields) {
        Optional<Double> temperature = fields.number("temperature");
        Optional<Double> topP = fields.number("top_p");
        Optional<Long> seed = fields.whole("seed");
        OptionalInt maxTokens = maxTokens(fields);
        List<String> stop = stop(fields);
        return new Parameters(
                temperature.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                topP.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                maxTokens,
                seed.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                stop,
                fields.rest());
    }

    /** The newer name wins. */
    private static OptionalInt maxTokens(Fields fields) {
        Optional<Long> old = fields.whole("max_tokens");
        Optional<Long> given = fields.whole("max_completion_tokens").or(() -> old);
        return given.map(most -> OptionalInt.of((int) Math.min(most, Integer.MAX_VALUE)))
                .orElseGet(OptionalInt::empty);
    }

    private static List<String> stop(Fields fields) {
        Optional<Object> stop = fields.take("stop");
        if (stop.isEmpty()) {
            return List.of();
        }
        if (stop.get() instanceof String text) {
            return List.of(text);
        }
        if (stop.get() instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw fields.wrong("stop", "must be a string or a list of strings");
    }

    private static List<Message> messages(Fields fields) {
        List<?> list = fields.list("messages").orElseThrow(() -> fields.wrong("messages", "is missing"));
        if (list.isEmpty()) {
            throw fields.wrong("messages", "must have at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            messages.add(message(Fields.object("messages[" + index + "]", list.get(index))));
        }
        return messages;
    }

    private static Message message(Fields fields) {
        Role role = role(fields);
        Optional<Object> content = fields.take("content");
        List<ToolCall> calls = toolCalls(fields);
        Optional<String> callId = fields.text("tool_call_id");
        String text =
                content.filter(String.class::isInstance).map(String.class::cast).orElse("");
        List<Map<String, Object>> parts = content.filter(value -> !(value instanceof String))
                .map(value -> parts(fields, value))
                .orElse(List.of());
        return new Message(role, text, parts, calls, callId, fields.rest());
    }

    private static Role role(Fields fields) {
        String name = fields.text("role").orElseThrow(() -> fields.wrong("role", "is missing"));
        for (Role role : Role.values()) {
            if (role.wireName().equals(name.toLowerCase(Locale.ROOT))) {
                return role;
            }
        }
        throw fields.wrong("role", "must be system, developer, user, assistant or tool, not '" + name + "'");
    }

    private static List<Map<String, Object>> parts(Fields fields, Object content) {
        if (!(content instanceof List<?> list)) {
            throw fields.wrong("content", "must be a string or a list of parts");
        }
        List<Map<String, Object>> parts = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            parts.add(Fields.object(fields.at("content") + "[" + index + "]", list.get(index))
                    .rest());
        }
        return parts;
    }

    private static List<ToolCall> toolCalls(Fields fields) {
        List<?> list = fields.list("tool_calls").orElse(List.of());
        List<ToolCall> calls = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            String at = fields.at("tool_calls") + "[" + index + "]";
            Fields call = Fields.object(at, list.get(index));
            Fields function =
                    Fields.object(at + ".function", call.take("function").orElse(null));
            calls.add(new ToolCall(
                    call.text("id").orElse(""),
                    function.text("name").orElseThrow(() -> function.wrong("name", "is missing")),
                    function.text("arguments").orElse("")));
        }
        return calls;
    }
}
