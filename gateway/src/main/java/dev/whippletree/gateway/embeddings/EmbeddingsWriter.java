package dev.whippletree.gateway.embeddings;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes vectors in the embeddings format, which has no streams. Confined to one thread. */
record EmbeddingsWriter(AnswerInfo info, boolean asBase64) implements AnswerWriter {

    @Override
    public String id() {
        return "embd-" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion vectors) {
        List<Map<String, Object>> data = new ArrayList<>();
        vectors.text().lines().forEach(base64 -> {
            Object vector = asBase64 ? base64 : Embedding.decode(base64);
            data.add(GatewayJson.of("object", "embedding", "index", data.size(), "embedding", vector));
        });
        long tokens = vectors.usage().orElse(TokenUsage.NONE).promptTokens();
        return GatewayJson.of(
                "object", "list",
                "data", data,
                "model", vectors.origin().model(),
                "usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens),
                "whippletree", info.own(vectors.origin()));
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        return List.of();
    }

    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of();
    }
}
