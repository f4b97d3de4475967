package dev.whippletree.gateway.chat;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;

/**
 * A chat-completions request. Immutable.
 *
 * @param body what it asks
 * @param streaming whether the client wants the answer while it comes
 * @param usage whether the client wants to be told the tokens used at the end of a stream
 */
public record ChatRequest(ChatBody body, boolean streaming, boolean usage) implements PromptRequest {

    /**
     * Reads one.
     *
     * @throws dev.whippletree.chat.WrongFieldException if it isn't one, saying where and why
     */
    public static ChatRequest read(Fields fields) {
        boolean streaming = fields.flag("stream").orElse(false);
        boolean usage = fields.take("stream_options")
                .map(value -> Fields.object("stream_options", value))
                .flatMap(options -> options.flag("include_usage"))
                .orElse(false);
        refuseWhatIsLost(fields);
        return new ChatRequest(ChatBody.read(fields), streaming, usage);
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new ChatAnswerWriter(info, usage);
    }

    /** Rejects what the gateway would drop: an error is better than an answer that lacks what was asked for. */
    private static void refuseWhatIsLost(Fields fields) {
        if (fields.whole("n").orElse(1L) != 1) {
            throw fields.wrong("n", "must be 1: one request gets one answer");
        }
        if (fields.flag("logprobs").orElse(false)) {
            throw fields.wrong("logprobs", "isn't supported by this gateway");
        }
        if (fields.take("audio").isPresent()) {
            throw fields.wrong("audio", "isn't supported by this gateway");
        }
    }
}
