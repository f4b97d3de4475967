package dev.whippletree.chat;

import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Parameters.Range;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The body of a chat-completions request. Immutable.
 *
 * @param model what it calls a model
 * @param messages the conversation, one message or more
 * @param parameters the parameters, with all fields that this reader doesn't know
 */
public record ChatBody(Optional<String> model, List<Message> messages, Parameters parameters) {

    /** The most answers that one request may ask for: as many as OpenAI gives. */
    private static final int MOST_CHOICES = 128;

    public ChatBody {
        messages = List.copyOf(messages);
    }

    /**
     * Reads a body whose reader has taken the fields that it handles itself.
     *
     * @throws IllegalArgumentException if it isn't one, saying where and why
     */
    public static ChatBody read(Fields fields) {
        return new ChatBody(model(fields), messages(fields), parameters(fields));
    }

    /** Reads what the request calls a model; empty if it names none. */
    public static Optional<String> model(Fields fields) {
        return fields.text("model").filter(name -> !name.isBlank());
    }

    /** Reads the parameters, which are all fields that haven't been taken. */
    public static Parameters parameters(Fields fields) {
        Optional<Double> temperature = fields.number("temperature");
        temperature.ifPresent(value -> fields.check("temperature", Range.TEMPERATURE, value));
        Optional<Double> topP = fields.number("top_p");
        topP.ifPresent(value -> fields.check("top_p", Range.TOP_P, value));
        Optional<Long> seed = fields.whole("seed");
        OptionalInt maxTokens = maxTokens(fields);
        List<String> stop = stop(fields);
        long choices = fields.whole("n").orElse(1L);
        if (choices < 1 || choices > MOST_CHOICES) {
            throw fields.wrong("n", "must be 1 to " + MOST_CHOICES + ", not " + choices);
        }
        boolean logprobs = fields.flag("logprobs").orElse(false);
        Map<String, Object> others = fields.rest();
        if (choices > 1) {
            others.put("n", choices);
        }
        if (logprobs) {
            others.put("logprobs", true);
        }
        return new Parameters(
                temperature.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                topP.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                maxTokens,
                seed.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                stop,
                others);
    }

    /** The newer name wins. */
    private static OptionalInt maxTokens(Fields fields) {
        Optional<Long> old = fields.whole("max_tokens");
        Optional<Long> newer = fields.whole("max_completion_tokens");
        Optional<Long> given = newer.or(() -> old);
        String name = newer.isPresent() ? "max_completion_tokens" : "max_tokens";
        given.ifPresent(most -> fields.check(name, Range.MAX_TOKENS, most));
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
            fields.check("stop", Range.STOPS, list.size());
            return list.stream().map(String.class::cast).toList();
        }
        throw fields.wrong("stop", "must be a string or a list of strings");
    }

    private static List<Message> messages(Fields fields) {
        List<?> list = fields.list("messages").orElseThrow(() -> fields.wrong("messages", "is missing"));
        if (list.isEmpty()) {
            throw fields.wrong("messages", "must have at least one message");
        }
        return fields.objects("messages", list).stream().map(ChatBody::message).toList();
    }

    private static Message message(Fields fields) {
        Role role = role(fields);
        Optional<Object> content = fields.take("content");
        List<ToolCall> calls =
                fields.objects("tool_calls").stream().map(ChatBody::toolCall).toList();
        Optional<String> callId = fields.text("tool_call_id");
        String text =
                content.filter(String.class::isInstance).map(String.class::cast).orElse("");
        List<Map<String, Object>> parts = content.filter(value -> !(value instanceof String))
                .map(value -> parts(fields, value))
                .orElse(List.of());
        return new Message(role, text, parts, calls, callId, fields.rest());
    }

    private static Role role(Fields fields) {
        String name = fields.needed("role");
        for (Role role : Role.values()) {
            if (role.wireName().equalsIgnoreCase(name)) {
                return role;
            }
        }
        throw fields.wrong("role", "must be system, developer, user, assistant, tool or function, not '" + name + "'");
    }

    private static List<Map<String, Object>> parts(Fields fields, Object content) {
        if (!(content instanceof List<?> list)) {
            throw fields.wrong("content", "must be a string or a list of parts");
        }
        return fields.objects("content", list).stream().map(Fields::whole).toList();
    }

    private static ToolCall toolCall(Fields call) {
        boolean custom = call.text("type").filter("custom"::equals).isPresent();
        String kind = custom ? "custom" : "function";
        Fields tool = Fields.object(call.at(kind), call.take(kind).orElse(null));
        call.take("index"); // Of a stream's chunks; clients that send back what they got keep it.
        return new ToolCall(
                call.text("id").orElse(""),
                tool.needed("name"),
                tool.text(custom ? "input" : "arguments").orElse(""),
                custom ? ToolCall.Type.CUSTOM : ToolCall.Type.FUNCTION,
                call.rest());
    }
}
