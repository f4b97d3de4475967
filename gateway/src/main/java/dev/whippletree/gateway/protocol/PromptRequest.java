package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.model.Prompt;

/** One request, read. Immutable. */
public interface PromptRequest {

    ChatBody body();

    default Prompt.Operation operation() {
        return Prompt.Operation.CHAT;
    }

    /** Returns how many bytes its answer takes while it is kept and sent, if that is known by the request; else 0. */
    default long expectedBytes() {
        return 0;
    }

    boolean streaming();

    AnswerWriter writer(AnswerInfo info);
}
