package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Gives a reason where Undertow refuses a request before any handler sees it: clients expect an error in JSON. On the
 * connection's I/O thread.
 */
final class RefusedHeads extends AbstractStreamSinkConduit<StreamSinkConduit> {

    private static final byte[] EXPLAINED = explained();

    private final RequestLine line;

    /** What is left to write in place of Undertow's own answer, after which it closes the connection. */
    private final ByteBuffer left = ByteBuffer.wrap(EXPLAINED);

    private RefusedHeads(StreamSinkConduit next, RequestLine line) {
        super(next);
        this.line = line;
    }

    /** Begins to watch a connection that Undertow hasn't got yet. */
    static void watch(StreamConnection connection, RequestLine line) {
        ConduitStreamSinkChannel sink = connection.getSinkChannel();
        sink.setConduit(new RefusedHeads(sink.getConduit(), line));
    }

    private static byte[] explained() {
        ApiError error =
                ApiError.malformed("the request's head can't be read; it needs one Host, which is also its URL's if"
                        + " that has one, and may have 2,048 bytes in its first line, no parameters in its path, 16 KB and"
                        + " 100 headers in all, and either one Content-Length or one Transfer-Encoding");
        String json = GatewayJson.text(ErrorFormat.OPENAI.json(error, ""));
        return ("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                        + "\r\nConnection: close\r\n\r\n" + json)
                .getBytes(UTF_8);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (line.isAccepted()) {
            return next.write(source);
        }
        next.write(left);
        if (left.hasRemaining()) {
            return 0;
        }
        int written = source.remaining();
        source.position(source.limit());
        return written;
    }
}
