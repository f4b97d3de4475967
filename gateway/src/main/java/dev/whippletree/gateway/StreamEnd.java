package dev.whippletree.gateway;

import java.util.List;
import java.util.Map;

/** The three ways in which a stream ends. Clients can tell them apart. */
sealed interface StreamEnd {

    /**
     * By a finish reason and {@code [DONE]}: the answer is whole.
     *
     * @param lastChunks with the finish reason
     */
    record Whole(List<Map<String, Object>> lastChunks) implements StreamEnd {}

    /**
     * By an error: an event {@code error} without {@code [DONE]}, or, if nothing has been sent, a response with the error's own status.
     *
     * @param error what the client is told
     */
    record Failed(ApiError error) implements StreamEnd {}

    /** By a reset of the connection: the client can't be told anything. */
    record Cut() implements StreamEnd {}
}
