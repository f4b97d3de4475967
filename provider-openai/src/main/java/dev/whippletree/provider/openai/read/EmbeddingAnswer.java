package dev.whippletree.provider.openai.read;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.spi.AnswerEnd;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.POJONode;

/**
 * Reads the vectors of a call: as many as there were texts, all of one dimension, and the one that was asked for.
 * Immutable.
 */
record EmbeddingAnswer(ResponseHead head, Dialect dialect, EmbeddingApi api, InstantSource clock) {

    /**
     * Reports the vectors, a line of Base64 each, once all are known to be right.
     *
     * @param model what the model is called where the answer doesn't say
     */
    AnswerEnd read(byte[] body, Prompt prompt, String model, Consumer<Delta.Piece> listener) throws NoAnswerException {
        JsonNode answer = JsonFields.parseVectors(body)
                .orElseThrow(() -> body.length == 0 ? NoAnswerException.empty(head) : NoAnswerException.other(head));
        NoAnswerException.requireNone(answer.isObject() ? dialect.error(answer) : Optional.empty(), head, clock);
        List<JsonNode> vectors = api.vectors(answer).orElseThrow(() -> NoAnswerException.other(head));
        if (vectors.size() != prompt.messages().size()) {
            throw NoAnswerException.damaged(
                    head,
                    "the service sent " + vectors.size() + " vectors for "
                            + prompt.messages().size() + " texts");
        }
        listener.accept(new Delta.Text(String.join("\n", encoded(vectors, prompt))));
        return new AnswerEnd(
                        FinishReason.STOP,
                        dialect.usage(answer).flatMap(Ending::usage),
                        JsonFields.text(answer, "model").orElse(model))
                .withId(JsonFields.text(answer, "id"));
    }

    private List<String> encoded(List<JsonNode> vectors, Prompt prompt) throws NoAnswerException {
        List<String> encoded = new ArrayList<>(vectors.size());
        int dimensions = 0;
        for (JsonNode node : vectors) {
            float[] vector = vector(node);
            if (vector.length == 0 || (dimensions != 0 && vector.length != dimensions)) {
                throw NoAnswerException.damaged(
                        head, "the service sent vectors of different dimensions, or empty ones");
            }
            dimensions = vector.length;
            encoded.add(node.isString() ? node.stringValue() : Embedding.encode(vector));
        }
        Object wanted = prompt.parameters().extras().get("dimensions");
        if (wanted instanceof Number number && number.intValue() != dimensions) {
            throw new NoAnswerException(otherDimension(number.intValue(), dimensions));
        }
        return encoded;
    }

    private float[] vector(JsonNode node) throws NoAnswerException {
        float[] vector;
        try {
            vector = node.isString() ? Embedding.decode(node.stringValue()) : numbers(node);
        } catch (IllegalArgumentException e) {
            throw NoAnswerException.damaged(head, "a vector of the answer can't be read");
        }
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                throw NoAnswerException.damaged(head, "a vector of the answer has a number that isn't finite");
            }
        }
        return vector;
    }

    private static float[] numbers(JsonNode array) {
        if (array.path(0) instanceof POJONode numbers && numbers.getPojo() instanceof float[] vector) {
            return vector;
        }
        throw new IllegalArgumentException("not an array of numbers");
    }

    /** Another account of the model would ignore the field too, so this is the caller's to change. */
    private ServiceError otherDimension(int wanted, int sent) {
        return new ServiceError(
                head,
                400,
                "the model sends vectors of " + sent + " dimensions and ignores \"dimensions\": " + wanted
                        + "; leave the field out",
                Optional.empty(),
                Optional.of("invalid_request_error"),
                Optional.of("dimensions"),
                Optional.empty());
    }
}
