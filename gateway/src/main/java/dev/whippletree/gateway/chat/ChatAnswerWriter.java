package dev.whippletree.gateway.chat;

import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
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
final class ChatAnswerWriter {

    private final String id;
    private final long created;
    private final Disclosure disclosure;
    private String model;
    private Optional<String> toConfirm = Optional.empty();
    private boolean begun;

    /**
     * Prepares to write one.
     *
     * @param id unlike any other's
     * @param created in seconds since 1970
     * @param model what the client called a model, until it is known who answers
     * @param disclosure what the client is told of accounts
     */
    ChatAnswerWriter(String id, long created, String model, Disclosure disclosure) {
        this.id = id;
        this.created = created;
        this.model = model;
        this.disclosure = disclosure;
    }

    /** Returns its id. */
    String id() {
        return id;
    }

    /** Returns what the client is told of accounts. */
    Disclosure disclosure() {
        return disclosure;
    }

    /** Returns the origin as the client may see it, by header names without the prefix. */
    Map<String, String> origin(Origin origin) {
        Map<String, String> values = OwnHeaders.origin(origin);
        if (!disclosure.accountsShown()) {
            values.remove("account");
        }
        return values;
    }

    /** Sets a stored answer that a cache wants confirmed; the client receives it at the end of the answer. */
    void toConfirm(String stored) {
        toConfirm = Optional.of(stored);
    }

    /** Returns a whole answer. */
    Map<String, Object> whole(Completion completion) {
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
        answer.put("whippletree", own(completion.origin()));
        return answer;
    }

    /** Returns the chunks for a delta, including the last one; none if the delta needs no chunk. */
    List<Map<String, Object>> chunks(Delta delta, boolean withUsage) {
        List<Map<String, Object>> chunks = new ArrayList<>(2);
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.End end) {
            model = end.origin().model();
            Map<String, Object> last = chunk(begin(), Optional.of(end.finishReason()));
            last.put("whippletree", own(end.origin()));
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
        if (piece instanceof Delta.Refusal refusal) {
            return Map.of("refusal", refusal.text());
        }
        if (piece instanceof Delta.ExtrasPart) {
            return Map.of();
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
        head.put("id", id);
        head.put("object", object);
        head.put("created", created);
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

    /** Returns the answer's origin, as in the headers, and what to confirm. */
    private Map<String, Object> own(Origin origin) {
        Map<String, Object> json = new LinkedHashMap<>(origin(origin));
        json.replace("attempts", origin.attempts());
        json.replace("waited-ms", origin.waited().toMillis());
        toConfirm.ifPresent(stored -> json.put("to_confirm", stored));
        return json;
    }
}
