package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import java.util.List;

/** The three ways in which a response to a prompt ends. Clients can tell them apart. */
sealed interface StreamEnd {

    /**
     * By the answer, or the last events of a stream: the answer is whole.
     *
     * @param bytes an answer in one piece, or the last events, as they are sent
     */
    record Whole(byte[] bytes) implements StreamEnd {}

    /**
     * By an error: a response with the error's own status if nothing has been sent; else the protocol's last events of
     * a stream that breaks off, or a reset where the client reads no events.
     *
     * @param lastEvents the same as events; none where the client reads no events
     */
    record Failed(ApiError error, List<ServerSentEvent> lastEvents) implements StreamEnd {}

    /** By a reset of the connection: the client can't be told anything. */
    record Cut() implements StreamEnd {}
}
