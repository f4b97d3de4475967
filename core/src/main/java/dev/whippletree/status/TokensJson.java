package dev.whippletree.status;

import dev.whippletree.model.TokenUsage;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Tokens as a JSON tree. Stateless. */
public final class TokensJson {

    private TokensJson() {}

    /** Returns the tree of JDK types. */
    public static Map<String, Object> of(TokenUsage usage) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("prompt_tokens", usage.promptTokens());
        tree.put("completion_tokens", usage.completionTokens());
        tree.put("total_tokens", usage.total());
        tree.put("cached_prompt_tokens", usage.cachedPromptTokens());
        tree.put("reasoning_tokens", usage.reasoningTokens());
        return tree;
    }

    static TokenUsage read(JsonNode node) {
        return new TokenUsage(
                node.required("prompt_tokens").longValue(),
                node.required("completion_tokens").longValue(),
                node.required("cached_prompt_tokens").longValue(),
                node.required("reasoning_tokens").longValue());
    }
}
