package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.EmbeddingBounds;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Embeddings as OpenAI describes them. Immutable.
 *
 * <p>Asks for Base64, which is exact and a third of the size of numbers. Services that don't know Base64 send numbers.
 *
 * @param url where texts are posted
 * @param bounds the most that one call may embed
 */
public record OpenAiEmbeddings(URI url, EmbeddingBounds bounds) implements EmbeddingApi {

    @Override
    public URI url(String model) {
        return url;
    }

    @Override
    public Map<String, Object> body(Prompt prompt, String model) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put(
                "input", prompt.messages().stream().map(OpenAiEmbeddings::input).toList());
        body.put("encoding_format", "base64");
        body.putAll(prompt.parameters().extras());
        return body;
    }

    private static Object input(Message message) {
        return message.tokens().isPresent() ? message.tokens().get() : message.text();
    }

    @Override
    public Optional<List<JsonNode>> vectors(JsonNode answer) {
        Optional<JsonNode> data = JsonFields.present(answer, "data").filter(JsonNode::isArray);
        if (data.isEmpty()) {
            return Optional.empty();
        }
        @Nullable JsonNode[] vectors = new JsonNode[data.get().size()];
        for (int place = 0; place < vectors.length; place++) {
            JsonNode item = data.get().get(place);
            long index = JsonFields.count(item, "index").orElse((long) place);
            Optional<JsonNode> vector = JsonFields.present(item, "embedding");
            if (vector.isEmpty() || index >= vectors.length || vectors[(int) index] != null) {
                return Optional.empty();
            }
            vectors[(int) index] = vector.get();
        }
        return Optional.of(new ArrayList<>(Arrays.asList(vectors)));
    }
}
