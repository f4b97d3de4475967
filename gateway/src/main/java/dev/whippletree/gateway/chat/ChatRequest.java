package dev.whippletree.gateway.chat;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;
import java.util.Set;

/** A chat-completions request. Immutable. */
public record ChatRequest(ChatBody body, boolean streaming, boolean usage) implements PromptRequest {

    public static ChatRequest read(Fields fields) {
        boolean streaming = fields.flag("stream").orElse(false);
        boolean usage = fields.object("stream_options")
                .flatMap(options -> options.flag("include_usage"))
                .orElse(false);
        if (fields.take("audio").isPresent()) {
            throw fields.wrong("audio", "isn't supported by this gateway: it returns text only");
        }
        return new ChatRequest(ChatBody.read(fields), streaming, usage);
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        Set<String> fields = body.parameters().extras().keySet();
        return new ChatAnswerWriter(info, usage, fields.contains("functions") && !fields.contains("tools"));
    }
}
