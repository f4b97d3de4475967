package dev.whippletree.gateway.messages;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.model.Parameters.Range;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request of Anthropic's Messages, as a chat completion. Immutable.
 *
 * <p>What a chat completion has no place for is ignored, unless the answer would lack what it demands.
 */
public record MessagesRequest(ChatBody body, boolean streaming, boolean thoughts) implements PromptRequest {

    private static final String DISABLED = "disabled";
    private static final String JSON_SCHEMA = "json_schema";

    /** Efforts above the highest that most services of chat completions know. */
    private static final Set<String> ABOVE_HIGH = Set.of("xhigh", "max");

    /**
     * Reads a request for an answer.
     *
     * @throws RequestException if it relies on a conversation that a server would have kept
     */
    public static MessagesRequest read(Fields fields) {
        MessagesRequest request = readToCount(fields);
        if (request.body.parameters().maxTokens().isEmpty()) {
            throw fields.wrong("max_tokens", "is missing");
        }
        return request;
    }

    /**
     * Reads a request whose tokens are to be counted; it may lack {@code max_tokens}.
     *
     * @throws RequestException if it relies on a conversation that a server would have kept
     */
    public static MessagesRequest readToCount(Fields fields) {
        fields.object("thread").ifPresent(MessagesRequest::refuse);
        if (fields.take("compaction").isPresent()) {
            throw fields.wrong("compaction", "isn't supported by this gateway: let the client ask for a summary");
        }
        ToolsReader tools = new ToolsReader(fields);
        Conversation conversation = new Conversation(fields, tools);
        Map<String, Object> chat = new LinkedHashMap<>(tools.parameters(fields));
        Optional<Fields> output = fields.object("output_config");
        String thinking =
                fields.object("thinking").map(config -> config.needed("type")).orElse("");
        if (!thinking.equals(DISABLED)) {
            Optional<String> effort = output.flatMap(config -> config.text("effort"));
            conversation
                    .effort()
                    .or(() -> effort)
                    .ifPresent(asked -> chat.put("reasoning_effort", ABOVE_HIGH.contains(asked) ? "high" : asked));
        }
        output.flatMap(config -> config.object("format"))
                .or(() -> fields.object("output_format"))
                .ifPresent(format -> chat.put("response_format", responseFormat(format)));
        for (String field : List.of("temperature", "top_p", "max_tokens")) {
            fields.take(field).ifPresent(given -> chat.put(field, given));
        }
        fields.whole("top_k").ifPresent(most -> chat.put("top_k", most));
        chat.put("stop", stop(fields));
        return new MessagesRequest(
                new ChatBody(
                        ChatBody.model(fields), conversation.messages(), ChatBody.parameters(new Fields("", chat))),
                fields.flag("stream").orElse(false),
                !thinking.isEmpty() && !thinking.equals(DISABLED));
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new MessageWriter(info, this);
    }

    /** Anthropic's libraries know the codes, and send the whole conversation then, without {@code thread}. */
    private static void refuse(Fields thread) {
        Map<String, Object> details = thread.needed("type").equals("continue")
                ? Map.of("error_code", "thread_not_found")
                : Map.of("error_code", "thread_unsupported_request", "unsupported", List.of("thread"));
        String message = "this gateway keeps no conversations: send the whole conversation, without 'thread'";
        throw new RequestException(ApiError.wrong("thread", message).withDetails(details));
    }

    private static List<?> stop(Fields fields) {
        List<?> texts = fields.list("stop_sequences").orElse(List.of());
        if (!texts.stream().allMatch(String.class::isInstance)) {
            throw fields.wrong("stop_sequences", "must be a list of strings");
        }
        fields.check("stop_sequences", Range.STOPS, texts.size());
        return texts;
    }

    private static Map<String, Object> responseFormat(Fields format) {
        String type = format.needed("type");
        if (!type.equals(JSON_SCHEMA)) {
            throw format.wrong("type", "must be json_schema, not '" + type + "'");
        }
        Map<String, Object> schema = format.object("schema")
                .orElseThrow(() -> format.wrong("schema", "is missing"))
                .whole();
        Map<String, Object> named = Map.of("name", "output", "strict", canBeStrict(schema), "schema", schema);
        return Map.of("type", JSON_SCHEMA, JSON_SCHEMA, named);
    }

    /**
     * Returns whether services with strict schemas take this one. They want every property of every object required,
     * and no others; Anthropic's may be optional.
     */
    private static boolean canBeStrict(Object schema) {
        if (schema instanceof Collection<?> several) {
            return several.stream().allMatch(MessagesRequest::canBeStrict);
        }
        return !(schema instanceof Map<?, ?> map)
                || (allRequired(map) && map.values().stream().allMatch(MessagesRequest::canBeStrict));
    }

    private static boolean allRequired(Map<?, ?> schema) {
        return !(schema.get("properties") instanceof Map<?, ?> properties)
                || (Boolean.FALSE.equals(schema.get("additionalProperties"))
                        && schema.get("required") instanceof Collection<?> required
                        && new HashSet<>(required).containsAll(properties.keySet()));
    }
}
