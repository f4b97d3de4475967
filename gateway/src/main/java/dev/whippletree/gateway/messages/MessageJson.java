package dev.whippletree.gateway.messages;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of a message as JSON, with every field that Anthropic's schema requires. Stateless. */
final class MessageJson {

    /** The field in which Anthropic's own clients show a model an input that wasn't a JSON object. */
    private static final String INVALID = "INVALID_JSON";

    private MessageJson() {}

    /** Returns a message that hasn't ended. */
    static Map<String, @Nullable Object> message(
            String id, String model, List<Map<String, @Nullable Object>> content, TokenUsage usage) {
        Map<String, @Nullable Object> message =
                GatewayJson.of("id", id, "type", "message", "role", "assistant", "model", model, "content", content);
        message.put("usage", usage(usage));
        message.put("container", null);
        message.putAll(GatewayJson.of("stop_reason", null, "stop_sequence", null, "stop_details", null));
        return message;
    }

    /**
     * Returns why an answer ended, as fields of a message or of a {@code message_delta}.
     *
     * @param refused whether the model refused in so many words
     * @param sequence the stop sequence that ended it, if the service says so
     */
    static Map<String, @Nullable Object> end(
            FinishReason reason, boolean callsTools, boolean refused, Optional<String> sequence) {
        String finished = sequence.isPresent() ? "stop_sequence" : "end_turn";
        String stop = switch (reason) {
            // Some services say only by the calls that they call tools.
            case STOP, TOOL_CALLS -> callsTools ? "tool_use" : finished;
            case LENGTH -> "max_tokens";
            case CONTENT_FILTER -> "refusal";
        };
        return GatewayJson.of("stop_reason", refused ? "refusal" : stop, "stop_sequence", sequence.orElse(null));
    }

    /** Returns the tokens used; those of the prompt that the service had cached aren't among the input. */
    static Map<String, @Nullable Object> usage(TokenUsage usage) {
        long cached = Math.min(usage.cachedPromptTokens(), usage.promptTokens());
        Map<String, @Nullable Object> json = GatewayJson.of("cache_creation", null, "cache_creation_input_tokens", 0);
        json.put("input_tokens", usage.promptTokens() - cached);
        json.put("cache_read_input_tokens", cached);
        json.put("output_tokens", usage.completionTokens());
        json.put("output_tokens_details", Map.of("thinking_tokens", usage.reasoningTokens()));
        json.putAll(GatewayJson.of("server_tool_use", null, "service_tier", null, "inference_geo", null));
        return json;
    }

    static Map<String, @Nullable Object> text(String text) {
        return GatewayJson.of("type", "text", "text", text, "citations", null);
    }

    /** Returns a block of reasoning. Its signature is empty: only Anthropic can sign what its models think. */
    static Map<String, @Nullable Object> thinking(String text) {
        return GatewayJson.of("type", "thinking", "thinking", text, "signature", "");
    }

    static Map<String, @Nullable Object> toolUse(String id, String name, Map<String, Object> input) {
        Map<String, Object> caller = Map.of("type", "direct");
        return GatewayJson.of("type", "tool_use", "id", id, "name", name, "input", input, "caller", caller);
    }

    /** Returns a call's arguments as a tool's input: a JSON object. Arguments that aren't one are put into one. */
    static Map<String, Object> input(String arguments) {
        if (arguments.isBlank() || arguments.strip().equals("null")) {
            return Map.of();
        }
        return GatewayJson.object(arguments).orElseGet(() -> Map.of(INVALID, arguments));
    }
}
