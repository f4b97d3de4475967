package dev.whippletree.gateway.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.ErrorFormat;
import dev.whippletree.gateway.http.GatewayJson;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/** Writes server-sent events in OpenAI's format. Stateless. */
final class Events {

    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END_OF_EVENT = "\n\n".getBytes(US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(US_ASCII);

    /** Names the event, for clients that know an error by that, as LangChain4j does. */
    private static final byte[] ERROR = "event: error\n".getBytes(US_ASCII);

    private Events() {}

    /** Returns an event for each chunk. */
    static byte[] of(List<Map<String, Object>> chunks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        chunks.forEach(chunk -> add(bytes, chunk));
        return bytes.toByteArray();
    }

    /** Returns the last events of a whole answer. */
    static byte[] last(List<Map<String, Object>> chunks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        chunks.forEach(chunk -> add(bytes, chunk));
        bytes.writeBytes(DONE);
        return bytes.toByteArray();
    }

    /** Returns the last event of an answer that breaks off. */
    static byte[] error(ApiError error) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ERROR);
        add(bytes, ErrorFormat.OPENAI.json(error, ""));
        return bytes.toByteArray();
    }

    /** Returns a comment that shows the stream is alive. */
    static byte[] comment() {
        return COMMENT.clone();
    }

    private static void add(ByteArrayOutputStream bytes, Map<String, Object> json) {
        bytes.writeBytes(DATA);
        bytes.writeBytes(GatewayJson.write(json));
        bytes.writeBytes(END_OF_EVENT);
    }
}
