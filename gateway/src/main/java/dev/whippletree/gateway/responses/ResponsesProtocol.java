package dev.whippletree.gateway.responses;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.gateway.protocol.Protocol;

/**
 * OpenAI's Responses, stateless: a request has the whole conversation, and the gateway keeps no answer. Stateless;
 * thread-safe; never blocks.
 */
public final class ResponsesProtocol implements Protocol {

    @Override
    public PromptRequest read(Fields fields) {
        return new RequestReader(fields).read();
    }
}
