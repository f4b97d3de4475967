package dev.whippletree.emulator.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request as a service sees it, for a chat completion or for the vectors of texts. Immutable.
 *
 * @param model the requested model
 * @param messages the conversation, at least one message
 * @param maxTokens the completion's maximum of tokens, if stated
 * @param stream whether to stream the answer
 * @param includeUsage whether to end a stream with its usage
 * @param others every other field, as JSON values in JDK types
 */
public record ChatRequest(
        String model,
        List<ChatMessage> messages,
        OptionalLong maxTokens,
        boolean stream,
        boolean includeUsage,
        Map<String, Object> others) {

    public ChatRequest {
        messages = List.copyOf(messages);
        others = Map.copyOf(others);
    }

    /**
     * Returns a request for vectors.
     *
     * @param inputs what to embed, as {@link ChatMessage#input} has it
     */
    public static ChatRequest embedding(String model, List<ChatMessage> inputs, Map<String, Object> others) {
        return new ChatRequest(model, inputs, OptionalLong.empty(), false, false, others);
    }

    public boolean embedding() {
        return !messages.isEmpty()
                && Set.of(ChatMessage.INPUT, ChatMessage.TOKENS)
                        .contains(messages.get(0).role());
    }

    public static ChatRequest of(String model, String text) {
        return new ChatRequest(
                model, List.of(new ChatMessage("user", text)), OptionalLong.empty(), false, false, Map.of());
    }

    public ChatRequest withMaxTokens(long maxTokens) {
        return new ChatRequest(model, messages, OptionalLong.of(maxTokens), stream, includeUsage, others);
    }

    /** Returns the same request, to be answered piece by piece with the usage at the end. */
    public ChatRequest streamed() {
        return new ChatRequest(model, messages, maxTokens, true, true, others);
    }

    public ChatRequest with(String field, Object value) {
        Map<String, Object> more = new HashMap<>(others);
        more.put(field, value);
        return new ChatRequest(model, messages, maxTokens, stream, includeUsage, more);
    }

    /** Returns sizes only: what people ask isn't for logs. */
    @Override
    public String toString() {
        return "request of " + messages.size() + " messages for " + model;
    }
}
