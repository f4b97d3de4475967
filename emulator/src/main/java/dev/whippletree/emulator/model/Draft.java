package dev.whippletree.emulator.model;

import dev.whippletree.model.FinishReason;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What would be answered to a request, with all that follows from the request alone. Immutable.
 *
 * @param fingerprint the same for equal prompts to the same model, and for no others
 * @param text the answer
 * @param finish why it ends
 * @param promptTokens the prompt's tokens
 * @param completionTokens the answer's tokens
 */
record Draft(long fingerprint, String text, FinishReason finish, long promptTokens, long completionTokens) {

    static Draft of(ChatRequest request, Optional<AnswerLength> length) {
        byte[] digest = Answers.digest(request.messages(), request.model());
        long fingerprint = ByteBuffer.wrap(digest).getLong();
        String text = Answers.text(digest, request.model(), length, fingerprint);
        long tokens = Tokens.of(text);
        long most = request.maxTokens().orElse(Long.MAX_VALUE);
        long promptTokens = Tokens.of(request.messages());
        if (tokens <= most) {
            return new Draft(fingerprint, text, FinishReason.STOP, promptTokens, tokens);
        }
        return new Draft(fingerprint, Tokens.cut(text, most), FinishReason.LENGTH, promptTokens, most);
    }
}
