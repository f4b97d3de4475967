package dev.whippletree.chat;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.TokenUsage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes the {@code usage} of a chat completion. Stateless. */
public final class ChatUsage {

    private ChatUsage() {}

    /**
     * Returns it as a JSON object, with the members that only the service knows; empty if the service reported none.
     */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> of(Optional<TokenUsage> usage, AnswerExtras extras) {
        Object more = extras.answer().get("usage");
        Map<String, Object> known = usage.map(ChatUsage::known).orElse(Map.of());
        if (!(more instanceof Map<?, ?>)) {
            return known;
        }
        AnswerExtras merged = only(known).plus(only(more));
        return (Map<String, Object>) merged.answer().getOrDefault("usage", Map.of());
    }

    private static AnswerExtras only(Object usage) {
        return new AnswerExtras(Map.of("usage", usage), Map.of(), Map.of());
    }

    private static Map<String, Object> known(TokenUsage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("completion_tokens", usage.completionTokens());
        json.put("total_tokens", usage.total());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.cachedPromptTokens()));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        return json;
    }
}
