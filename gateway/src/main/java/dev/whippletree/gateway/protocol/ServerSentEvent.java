package dev.whippletree.gateway.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.gateway.http.GatewayJson;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/**
 * A server-sent event. Immutable, as long as its bytes aren't changed.
 *
 * @param name its type, in ASCII; empty: none is written
 */
public record ServerSentEvent(String name, byte[] data) {

    /** The last event of a whole stream in OpenAI's chat format. */
    public static final ServerSentEvent DONE = new ServerSentEvent("", "[DONE]".getBytes(US_ASCII));

    private static final byte[] EVENT = "event: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END_OF_EVENT = "\n\n".getBytes(US_ASCII);
    private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(US_ASCII);

    public static ServerSentEvent json(String name, Map<String, Object> json) {
        return new ServerSentEvent(name, GatewayJson.write(json));
    }

    public static byte[] bytes(List<ServerSentEvent> events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        events.forEach(event -> event.write(bytes));
        return bytes.toByteArray();
    }

    /** Returns a comment, which clients skip: it shows that the stream is alive. */
    public static byte[] comment() {
        return COMMENT.clone();
    }

    private void write(ByteArrayOutputStream bytes) {
        if (!name.isEmpty()) {
            bytes.writeBytes(EVENT);
            bytes.writeBytes(name.getBytes(US_ASCII));
            bytes.write('\n');
        }
        bytes.writeBytes(DATA);
        bytes.writeBytes(data);
        bytes.writeBytes(END_OF_EVENT);
    }
}
