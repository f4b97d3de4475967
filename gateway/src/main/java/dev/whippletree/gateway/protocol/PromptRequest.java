package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.model.Prompt;

/** One request, read. Immutable. */
public interface PromptRequest {

    /** Returns what it asks. */
    ChatBody body();

    /** Returns what its messages ask for. */
    default Prompt.Operation operation() {
        return Prompt.Operation.CHAT;
    }

    /** Returns how many bytes its answer takes while it is kept and sent, if that is known by the request; else 0. */
    default long expectedBytes() {
        return 0;
    }

    /** Returns whether the client wants the answer while it comes. */
    boolean streaming();

    /** Returns a new writer of its answer. */
    AnswerWriter writer(AnswerInfo info);
}
