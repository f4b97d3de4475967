package dev.whippletree.emulator.model;

import dev.whippletree.model.Embedding;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vectors of the emulated services: of length 1, chosen by a hash of the text and the model, so that any vector can
 * be checked against its text. Stateless.
 */
public final class Vectors {

    /** The dimensions of a vector unless fewer are asked for; more aren't to be had. */
    public static final int DIMENSIONS = 256;

    /** The most texts of a request, as OpenAI has it. */
    private static final int MOST_INPUTS = 2_048;

    /** The most tokens of a request, as OpenAI has it. */
    private static final int MOST_TOKENS = 300_000;

    private Vectors() {}

    /** Returns the vector of a text, in Base64 as services send it. */
    public static String of(String text, String model, int dimensions) {
        float[] vector = new float[dimensions];
        double squares = 0;
        byte[] digest = Answers.digest(List.of(new ChatMessage(ChatMessage.INPUT, "")), text.length() + model + text);
        ByteBuffer numbers = ByteBuffer.wrap(digest);
        for (int place = 0; place < dimensions; place++) {
            if (!numbers.hasRemaining()) {
                digest = Answers.digest(digest, place);
                numbers = ByteBuffer.wrap(digest);
            }
            vector[place] = numbers.getInt();
            squares += (double) vector[place] * vector[place];
        }
        for (int place = 0; place < dimensions; place++) {
            vector[place] = (float) (vector[place] / Math.sqrt(squares));
        }
        return Embedding.encode(vector);
    }

    /** Returns the dimensions that a request asks for. */
    static int dimensions(Map<String, Object> fields) {
        return fields.get("dimensions") instanceof Number number ? number.intValue() : DIMENSIONS;
    }

    /** Returns what is wrong with a request for vectors, if anything is. */
    static Optional<String> problem(ChatRequest request) {
        int dimensions = dimensions(request.others());
        if (dimensions < 1 || dimensions > DIMENSIONS) {
            return Optional.of("'dimensions' must be 1 to " + DIMENSIONS + " for this model, not " + dimensions);
        }
        if (request.messages().stream().anyMatch(input -> input.text().isEmpty())) {
            return Optional.of("'input' can't hold an empty text");
        }
        if (request.messages().size() > MOST_INPUTS) {
            return Optional.of("'input' must have at most " + MOST_INPUTS + " items");
        }
        return Tokens.of(request.messages()) > MOST_TOKENS
                ? Optional.of("Requested more than " + MOST_TOKENS + " tokens, the maximum of one request")
                : Optional.empty();
    }
}
