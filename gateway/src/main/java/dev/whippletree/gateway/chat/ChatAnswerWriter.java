package dev.whippletree.gateway.chat;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer in the chat-completions format, whole or in chunks. Confined to one thread.
 *
 * <p>What the protocol has no place for, where an answer came from, stands in a field {@code whippletree} of a whole
 * answer and of a stream's last chunk with a choice.
 */
final class ChatAnswerWriter implements AnswerWriter {

    private final AnswerInfo info;
    private final boolean withUsage;
    private String model;
    private boolean begun;

    /**
     * Prepares to write one.
     *
     * @param withUsage whether the client wants to be told the tokens used at the end of a stream
     */
    ChatAnswerWriter(AnswerInfo info, boolean withUsage) {
        this.info = info;
        this.withUsage = withUsage;
        this.model = info.askedModel();
    }

    @Override
    public String id() {
        return "chatcmpl-" + info.uniqueId();
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        List<ServerSentEvent> events = new ArrayList<>(2);
        chunks(delta).forEach(chunk -> events.add(ServerSentEvent.json("", chunk)));
        if (delta instanceof Delta.End) {
            events.add(ServerSentEvent.DONE);
        }
        return events;
    }

    /** Names the event, for clients that know an error by that, as LangChain4j does. */
    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of(ServerSentEvent.json("error", error.json()));
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put(
                "content",
                completion.text().isEmpty() && !completion.toolCalls().isEmpty() ? null : completion.text());
        completion.reasoning().ifPresent(text -> message.put("reasoning", text));
        if (!completion.toolCalls().isEmpty()) {
            message.put(
                    "tool_calls",
                    completion.toolCalls().stream()
                            .map(ChatAnswerWriter::toolCall)
                            .toList());
        }
        message.put("refusal", null);
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", completion.finishReason().wireName());
        model = completion.origin().model();
        Map<String, Object> answer = head("chat.completion");
        answer.put("choices", List.of(choice));
        completion.usage().ifPresent(usage -> answer.put("usage", usage(usage)));
        answer.put("whippletree", info.own(completion.origin()));
        return answer;
    }

    /** Returns the chunks for a delta, including the last one; none if the delta needs no chunk. */
    private List<Map<String, Object>> chunks(Delta delta) {
        List<Map<String, Object>> chunks = new ArrayList<>(2);
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.End end) {
            model = end.origin().model();
            Map<String, Object> last = chunk(begin(), Optional.of(end.finishReason()));
            last.put("whippletree", info.own(end.origin()));
            chunks.add(last);
            if (withUsage) {
                chunks.add(usageChunk(end.usage()));
            }
        } else if (delta instanceof Delta.Piece piece) {
            Map<String, Object> told = begin();
            told.putAll(piece(piece));
            chunks.add(chunk(told, Optional.empty()));
        }
        return chunks;
    }

    /** Adds the role to the first chunk. */
    private Map<String, Object> begin() {
        Map<String, Object> delta = new LinkedHashMap<>();
        if (!begun) {
            delta.put("role", "assistant");
            begun = true;
        }
        return delta;
    }

    private static Map<String, Object> piece(Delta.Piece piece) {
        if (piece instanceof Delta.Text text) {
            return Map.of("content", text.text());
        }
        if (piece instanceof Delta.Reasoning thought) {
            return Map.of("reasoning", thought.text());
        }
        return Map.of("tool_calls", List.of(toolCallPart((Delta.ToolCallPart) piece)));
    }

    private static Map<String, Object> toolCallPart(Delta.ToolCallPart part) {
        Map<String, Object> function = new LinkedHashMap<>();
        part.name().ifPresent(name -> function.put("name", name));
        function.put("arguments", part.arguments());
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("index", part.index());
        // Clients expect an id with the name, as the whole answer has one, be it empty.
        part.id().or(() -> part.name().map(name -> "")).ifPresent(id -> call.put("id", id));
        part.name().ifPresent(name -> call.put("type", "function"));
        call.put("function", function);
        return call;
    }

    private Map<String, Object> chunk(Map<String, Object> delta, Optional<FinishReason> end) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("delta", delta);
        choice.put("logprobs", null);
        choice.put("finish_reason", end.map(FinishReason::wireName).orElse(null));
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", List.of(choice));
        return chunk;
    }

    private Map<String, Object> usageChunk(Optional<TokenUsage> usage) {
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", List.of());
        usage.ifPresent(counted -> chunk.put("usage", usage(counted)));
        return chunk;
    }

    private Map<String, Object> head(String object) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("id", id());
        head.put("object", object);
        head.put("created", info.created());
        head.put("model", model);
        return head;
    }

    private static Map<String, Object> toolCall(ToolCall call) {
        return Map.of(
                "id",
                call.id(),
                "type",
                "function",
                "function",
                Map.of("name", call.name(), "arguments", call.arguments()));
    }

    private static Map<String, Object> usage(TokenUsage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("completion_tokens", usage.completionTokens());
        json.put("total_tokens", usage.total());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.cachedPromptTokens()));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        return json;
    }
}
