package dev.whippletree.gateway.messages;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;

/**
 * A request of Anthropic's Messages, as a chat completion. Immutable.
 *
 * @param body what it asks
 * @param streaming whether the client wants the answer while it comes
 * @param thoughts whether the client wants the model's reasoning
 */
public record MessagesRequest(ChatBody body, boolean streaming, boolean thoughts) implements PromptRequest {

    /**
     * Reads a request for an answer.
     *
     * @throws dev.whippletree.chat.WrongFieldException if it isn't one, saying where and why
     * @throws dev.whippletree.gateway.http.RequestException if it relies on what a server would have kept
     */
    public static MessagesRequest read(Fields fields) {
        return RequestReader.read(fields, true);
    }

    /**
     * Reads a request whose tokens are to be counted; it may lack {@code max_tokens}.
     *
     * @throws dev.whippletree.chat.WrongFieldException if it isn't one, saying where and why
     * @throws dev.whippletree.gateway.http.RequestException if it relies on what a server would have kept
     */
    public static MessagesRequest readToCount(Fields fields) {
        return RequestReader.read(fields, false);
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new MessageWriter(info, this);
    }
}
