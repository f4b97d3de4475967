package dev.whippletree.gateway.chat;

import dev.whippletree.gateway.http.ApiError;
import java.util.List;
import java.util.Map;

/** The three ways in which a response to a prompt ends. Clients can tell them apart. */
sealed interface StreamEnd {

    /**
     * By the answer, or a stream's finish reason and {@code [DONE]}: the answer is whole.
     *
     * @param lastChunks with the finish reason; of an answer in one piece, that alone
     */
    record Whole(List<Map<String, Object>> lastChunks) implements StreamEnd {}

    /**
     * By an error: a response with the error's own status if nothing has been sent; else an event {@code error} without
     * {@code [DONE]}, or a reset where the client reads no events.
     *
     * @param error what the client is told
     */
    record Failed(ApiError error) implements StreamEnd {}

    /** By a reset of the connection: the client can't be told anything. */
    record Cut() implements StreamEnd {}
}
