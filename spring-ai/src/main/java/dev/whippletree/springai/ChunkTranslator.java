package dev.whippletree.springai;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import java.util.Map;
import java.util.Optional;
import org.springframework.ai.chat.model.ChatResponse;

/**
 * Translates an answer that arrives in pieces. Confined to one subscription.
 *
 * <p>Tool calls, refusals and extras come whole, with the last piece: Spring AI calls a tool as soon as it sees one.
 * Every piece of reasoning comes with all that was thought before it, because whoever puts pieces together keeps the
 * last metadata only.
 */
final class ChunkTranslator {

    private final StringBuilder reasoning = new StringBuilder();

    /** Translates one piece; empty if there is nothing to show yet. */
    Optional<ChatResponse> translate(Delta delta) {
        if (delta instanceof Delta.Text text) {
            return Optional.of(ResponseTranslator.piece(text.text(), Optional.empty()));
        }
        if (delta instanceof Delta.Reasoning thought) {
            reasoning.append(thought.text());
            return Optional.of(ResponseTranslator.piece("", Optional.of(reasoning.toString())));
        }
        if (delta instanceof Delta.End end) {
            return Optional.of(ResponseTranslator.whole(withoutText(end.completion()), Map.of()));
        }
        return Optional.empty(); // The account that answers isn't known for sure before the end.
    }

    private static Completion withoutText(Completion whole) {
        return new Completion(
                "",
                whole.reasoning(),
                whole.refusal(),
                whole.toolCalls(),
                whole.finishReason(),
                whole.usage(),
                whole.extras(),
                whole.origin());
    }
}
