package dev.whippletree.provider.openai.read;

import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Finds the choice that is the answer among those that a service sends: number 0. A choice without a number has its
 * place's. Stateless.
 */
final class Choices {

    private Choices() {}

    /** Returns the answer of one that came in one piece: number 0, else the first; empty if there is none. */
    static Optional<JsonNode> ofAnswer(JsonNode answer) {
        JsonNode choices = answer.path("choices");
        if (!choices.isArray() || choices.isEmpty()) {
            return Optional.empty();
        }
        List<JsonNode> numberZero = numberZero(choices);
        return Optional.of(numberZero.isEmpty() ? choices.get(0) : numberZero.get(0));
    }

    /**
     * Returns the pieces of the answer that a chunk holds: none or one, more of a service that sends several at once.
     *
     * @throws NoAnswerException if there is something where choices should be that isn't a list of them
     */
    static List<JsonNode> ofChunk(JsonNode chunk, ResponseHead head) throws NoAnswerException {
        Optional<JsonNode> choices = JsonFields.present(chunk, "choices");
        if (choices.isEmpty()) {
            return List.of();
        }
        NoAnswerException.unless(choices.get().isArray(), head, "choices");
        List<JsonNode> pieces = numberZero(choices.get());
        for (JsonNode piece : pieces) {
            NoAnswerException.unless(piece.isObject(), head, "choices");
        }
        return pieces;
    }

    private static List<JsonNode> numberZero(JsonNode choices) {
        List<JsonNode> found = new ArrayList<>();
        for (int place = 0; place < choices.size(); place++) {
            if (JsonFields.count(choices.get(place), "index").orElse((long) place) == 0) {
                found.add(choices.get(place));
            }
        }
        return found;
    }
}
