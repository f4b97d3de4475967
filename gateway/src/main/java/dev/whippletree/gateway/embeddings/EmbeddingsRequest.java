package dev.whippletree.gateway.embeddings;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.EmbeddingBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.model.Prompt;

/**
 * An embeddings request. Immutable.
 *
 * @param asBase64 whether the client wants vectors as Base64, else as numbers
 */
public record EmbeddingsRequest(ChatBody body, boolean asBase64) implements PromptRequest {

    /** The dimensions of a usual vector, where the request doesn't say how many. */
    private static final long USUAL_DIMENSIONS = 1_536;

    /** What a number takes while it is kept, and as the JSON that is sent. */
    private static final long BYTES_PER_NUMBER = 24;

    public static EmbeddingsRequest read(Fields fields, int mostInputs) {
        EmbeddingBody read = EmbeddingBody.read(fields, mostInputs);
        return new EmbeddingsRequest(read.prompt(), read.asBase64());
    }

    @Override
    public Prompt.Operation operation() {
        return Prompt.Operation.EMBEDDING;
    }

    @Override
    public boolean streaming() {
        return false;
    }

    @Override
    public long expectedBytes() {
        long dimensions = body.parameters().extras().get("dimensions") instanceof Long number
                ? Math.max(0, Math.min(number, 100 * USUAL_DIMENSIONS))
                : USUAL_DIMENSIONS;
        return body.messages().size() * dimensions * BYTES_PER_NUMBER;
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new EmbeddingsWriter(info, asBase64);
    }
}
