package dev.whippletree.provider.huggingface;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.spi.EmbeddingBounds;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Feature extraction by Hugging Face's own service, hf-inference: {@code {"inputs": [texts]}} is answered by an array
 * of vectors, without usage. Immutable.
 *
 * <p>The path and fields are those of huggingface_hub ({@code inference/_providers/hf_inference.py}). Other services
 * behind the router embed by protocols of their own.
 *
 * @param router the router's address, without {@code /v1}
 * @param bounds the most that one call may embed
 */
record FeatureExtraction(URI router, EmbeddingBounds bounds) implements EmbeddingApi {

    private static final String SERVICE = ":hf-inference";

    /** Returns it for an account's address of chat completions. */
    static FeatureExtraction at(URI base, EmbeddingBounds bounds) {
        return new FeatureExtraction(
                URI.create(base.toString().replaceAll("/+$", "").replaceAll("/v1$", "")), bounds);
    }

    /** Returns why it can't embed a prompt's texts, if it can't. */
    static Optional<String> refusal(Prompt prompt, String model) {
        if (model.contains(":") && !model.endsWith(SERVICE)) {
            return Optional.of("Hugging Face's embeddings come from hf-inference: leave ':"
                    + model.substring(model.indexOf(':') + 1) + "' out of the model's name");
        }
        return prompt.messages().stream().anyMatch(text -> text.tokens().isPresent())
                ? Optional.of("Hugging Face embeds texts, not numbers of tokens")
                : Optional.empty();
    }

    @Override
    public URI url(String model) {
        String id = model.endsWith(SERVICE) ? model.substring(0, model.length() - SERVICE.length()) : model;
        String path = router.getPath() + "/hf-inference/models/" + id + "/pipeline/feature-extraction";
        try {
            return new URI(router.getScheme(), router.getAuthority(), path, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no address for the model " + model, e);
        }
    }

    /** Fields of OpenAI's protocol alone are left out; it knows {@code normalize}, {@code truncate} and others. */
    @Override
    public Map<String, Object> body(Prompt prompt, String model) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("inputs", prompt.messages().stream().map(text -> text.text()).toList());
        body.putAll(prompt.parameters().extras());
        body.keySet().removeAll(List.of("encoding_format", "user"));
        return body;
    }

    @Override
    public Optional<List<JsonNode>> vectors(JsonNode answer) {
        return answer.isArray() ? Optional.of(answer.valueStream().toList()) : Optional.empty();
    }
}
