package dev.whippletree.gateway.responses;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request in the Responses protocol, as a chat completion. Immutable.
 *
 * @param echo what the answer repeats of the request, with defaults for what it doesn't say
 * @param tools what the model may call
 * @param encrypted whether the client wants reasoning only if it is encrypted
 */
record ResponsesRequest(
        ChatBody body, boolean streaming, Map<String, @Nullable Object> echo, Tools tools, boolean encrypted)
        implements PromptRequest {

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new ResponsesWriter(this, info);
    }
}
