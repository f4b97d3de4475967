package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.ChatBody;

/** One request, read. Immutable. */
public interface PromptRequest {

    /** Returns what it asks. */
    ChatBody body();

    /** Returns whether the client wants the answer while it comes. */
    boolean streaming();

    /** Returns a new writer of its answer. */
    AnswerWriter writer(AnswerInfo info);
}
