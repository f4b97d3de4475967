package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Prompt;
import dev.whippletree.spi.EmbeddingBounds;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** How a service embeds texts. Thread-safe; no method blocks or throws. */
public interface EmbeddingApi {

    /** Returns the most that one call may embed. */
    EmbeddingBounds bounds();

    /** Returns where texts for a model are posted: an absolute http or https address. */
    URI url(String model);

    /** Returns the fields of a request, as JSON in JDK types. */
    Map<String, Object> body(Prompt prompt, String model);

    /**
     * Finds the vectors in an answer.
     *
     * @param answer any JSON but an error, as {@link JsonFields#parseVectors} returns it
     * @return one for each text, in the order of the texts: a string of Base64, or an array of numbers; empty if the
     *     answer is of another form
     */
    Optional<List<JsonNode>> vectors(JsonNode answer);
}
