package dev.whippletree.provider.openai.call;

import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a prompt as the protocol wants it. */
final class PromptWriter {

    /** Fields of an assistant's message that stand in for its content. */
    private static final List<String> INSTEAD = List.of("function_call", "refusal", "audio");

    private PromptWriter() {}

    /**
     * Returns the request's body. The model comes first, since Hugging Face's router routes by the start of the body.
     */
    static byte[] body(Prompt prompt, String model, boolean streaming, Dialect dialect) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put(
                "messages",
                prompt.messages().stream()
                        .map(message -> message(message, dialect))
                        .toList());
        if (streaming) {
            body.put("stream", true);
            if (dialect.asksForStreamUsage()) {
                body.put("stream_options", Map.of("include_usage", true));
            }
        }
        putParameters(body, prompt.parameters(), dialect);
        return JsonFields.write(body);
    }

    private static void putParameters(Map<String, @Nullable Object> body, Parameters parameters, Dialect dialect) {
        parameters.maxTokens().ifPresent(value -> body.put(dialect.maxTokensField(), value));
        parameters.temperature().ifPresent(value -> body.put("temperature", value));
        parameters.topP().ifPresent(value -> body.put("top_p", value));
        parameters.seed().ifPresent(value -> body.put("seed", value));
        if (!parameters.stop().isEmpty()) {
            body.put("stop", parameters.stop());
        }
        body.putAll(parameters.extras());
    }

    private static Map<String, @Nullable Object> message(Message message, Dialect dialect) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("role", message.role().wireName());
        json.put("content", content(message));
        if (!message.toolCalls().isEmpty()) {
            json.put(
                    "tool_calls",
                    message.toolCalls().stream().map(PromptWriter::toolCall).toList());
        }
        message.toolCallId().ifPresent(id -> json.put("tool_call_id", id));
        json.putAll(message.extras());
        if (!dialect.takesReasoningBack()) {
            json.remove("reasoning_content");
        }
        return json;
    }

    /** Of a message that says nothing but calls tools or refuses the content is null: services refuse an empty one. */
    private static @Nullable Object content(Message message) {
        if (!message.parts().isEmpty()) {
            return message.parts();
        }
        boolean saysNothing = message.text().isEmpty()
                && (!message.toolCalls().isEmpty() || INSTEAD.stream().anyMatch(message.extras()::containsKey));
        return saysNothing ? null : message.text();
    }

    private static Map<String, Object> toolCall(ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        boolean custom = call.type() == ToolCall.Type.CUSTOM;
        String type = custom ? "custom" : "function";
        json.put("type", type);
        json.put(type, Map.of("name", call.name(), custom ? "input" : "arguments", call.arguments()));
        json.putAll(call.extras());
        return json;
    }
}
