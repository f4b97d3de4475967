package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Gives a reason where Undertow refuses a request before any handler sees it: clients expect an error in JSON. On the
 * connection's I/O thread.
 */
final class RefusedHeads extends AbstractStreamSinkConduit<StreamSinkConduit> {

    private static final ByteBuffer STATUS = ByteBuffer.wrap(" 400 ".getBytes(US_ASCII));
    private static final int STATUS_AT = "HTTP/1.1".length();

    private static final byte[] EXPLAINED = explained();

    /** What is left to write in its place; null: nothing has been refused. */
    private @Nullable ByteBuffer left;

    private RefusedHeads(StreamSinkConduit next) {
        super(next);
    }

    /** Begins to watch a connection that Undertow hasn't got yet. */
    static void watch(StreamConnection connection) {
        ConduitStreamSinkChannel sink = connection.getSinkChannel();
        sink.setConduit(new RefusedHeads(sink.getConduit()));
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

    /** Returns whether it is an answer of Undertow's own, which is in one piece: the gateway's have a body. */
    private static boolean isBare(ByteBuffer source) {
        if (source.remaining() < STATUS_AT + STATUS.remaining()
                || !source.slice(source.position() + STATUS_AT, STATUS.remaining())
                        .equals(STATUS)) {
            return false;
        }
        String head = US_ASCII.decode(source.duplicate()).toString();
        return head.startsWith("HTTP/1.") && head.contains("\r\nContent-Length: 0\r\n") && head.endsWith("\r\n\r\n");
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (left == null && isBare(source)) {
            left = ByteBuffer.wrap(EXPLAINED);
        }
        if (left == null) {
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
