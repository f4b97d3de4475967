package dev.whippletree.gateway.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one answer as a message, whole or as events. Confined to one thread. */
final class MessageWriter implements AnswerWriter {

    /** Under this name, clients of Anthropic's tell its models of an input that was no JSON object. */
    private static final String INVALID = "INVALID_JSON";

    private static final MessagesErrors ERRORS = new MessagesErrors();

    private final AnswerInfo info;
    private final boolean thoughts;
    private final MessageEvents events;

    /**
     * Prepares to write one.
     *
     * @param thoughts whether the client wants the model's reasoning
     */
    MessageWriter(AnswerInfo info, boolean thoughts) {
        this.info = info;
        this.thoughts = thoughts;
        this.events = new MessageEvents(id(), info, thoughts);
    }

    @Override
    public String id() {
        return "msg_" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        completion.reasoning().filter(text -> thoughts).ifPresent(text -> content.add(thinking(text)));
        if (!completion.text().isEmpty()) {
            content.add(text(completion.text()));
        }
        List<ToolCall> calls = completion.toolCalls();
        for (int index = 0; index < calls.size(); index++) {
            ToolCall call = calls.get(index);
            content.add(toolUse(callId(info, call.id(), index), call.name(), input(call.arguments())));
        }
        Map<String, @Nullable Object> message =
                message(id(), completion.origin().model(), content, completion.usage());
        message.putAll(stop(stopReason(completion.finishReason(), !calls.isEmpty())));
        message.put("whippletree", info.own(completion.origin()));
        return message;
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        return events.of(delta);
    }

    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of(ServerSentEvent.json("error", ERRORS.json(error, "")));
    }

    /** Returns a message without an end. */
    static Map<String, @Nullable Object> message(
            String id, String model, List<Map<String, @Nullable Object>> content, Optional<TokenUsage> usage) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("type", "message");
        message.put("role", "assistant");
        message.put("model", model);
        message.put("content", content);
        message.put("usage", usage(usage.orElse(TokenUsage.NONE)));
        message.put("container", null);
        message.putAll(stop(null));
        return message;
    }

    /** Returns the reason for an answer's end, or null, as fields of a message or of a {@code message_delta}. */
    static Map<String, @Nullable Object> stop(@Nullable String reason) {
        Map<String, @Nullable Object> stop = new LinkedHashMap<>();
        stop.put("stop_reason", reason);
        stop.put("stop_sequence", null);
        stop.put("stop_details", null);
        return stop;
    }

    /** Some services say only by the calls that they call tools. */
    static String stopReason(FinishReason reason, boolean callsTools) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> callsTools ? "tool_use" : "end_turn";
            case LENGTH -> "max_tokens";
            case CONTENT_FILTER -> "refusal";
        };
    }

    /** Returns the tokens used; those of the prompt that the service had cached aren't among the input. */
    static Map<String, @Nullable Object> usage(TokenUsage usage) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("input_tokens", Math.max(0, usage.promptTokens() - usage.cachedPromptTokens()));
        json.put("cache_creation_input_tokens", 0);
        json.put("cache_read_input_tokens", usage.cachedPromptTokens());
        json.put("cache_creation", null);
        json.put("output_tokens", usage.completionTokens());
        json.put("output_tokens_details", Map.of("thinking_tokens", usage.reasoningTokens()));
        json.put("server_tool_use", null);
        json.put("service_tier", null);
        json.put("inference_geo", null);
        return json;
    }

    static Map<String, @Nullable Object> text(String text) {
        return ordered("type", "text", "text", text, "citations", null);
    }

    /** The signature is by Anthropic, over what its models think; there is none here. */
    static Map<String, @Nullable Object> thinking(String text) {
        return ordered("type", "thinking", "thinking", text, "signature", "");
    }

    static Map<String, @Nullable Object> toolUse(String id, String name, Map<String, Object> input) {
        Map<String, Object> caller = Map.of("type", "direct");
        return ordered("type", "tool_use", "id", id, "name", name, "input", input, "caller", caller);
    }

    /** Returns the id that the result of a call will refer to, also where the service has given the call none. */
    static String callId(AnswerInfo info, String given, int index) {
        return given.isEmpty() ? "toolu_" + info.uniqueId() + "_" + index : given;
    }

    /**
     * Returns a call's arguments as the input of a tool, which has to be an object: if they aren't one, an object with
     * their text under a name that Anthropic's own clients use for it.
     */
    static Map<String, Object> input(String arguments) {
        if (arguments.isBlank() || arguments.strip().equals("null")) {
            return Map.of();
        }
        Optional<Map<String, Object>> object;
        try {
            object = GatewayJson.object(new ByteArrayInputStream(arguments.getBytes(UTF_8)), values -> {});
        } catch (RequestException tooLarge) {
            object = Optional.empty();
        }
        return object.orElseGet(() -> Map.of(INVALID, arguments));
    }

    /** Returns an object with these names and values, one after the other. */
    static Map<String, @Nullable Object> ordered(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            object.put(String.valueOf(namesAndValues[index]), namesAndValues[index + 1]);
        }
        return object;
    }
}
