package dev.whippletree.gateway.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Checks the HTTP version of each request on a connection, because Undertow treats any version as HTTP/1.1. All bytes
 * read on the connection pass through it. Requests, and so its calls, come one after the other.
 */
final class RequestLine extends AbstractStreamSourceConduit<StreamSourceConduit> {

    private static final long HTTP_1_1 = number("HTTP/1.1");
    private static final long HTTP_1_0 = number("HTTP/1.0");

    /** The line's last 8 bytes so far. */
    private long tail;

    private boolean looking = true;

    private RequestLine(StreamSourceConduit next) {
        super(next);
    }

    /** Begins to look at what is read on a connection that Undertow hasn't got yet. */
    static void watch(StreamConnection connection) {
        connection
                .getSourceChannel()
                .setConduit(new RequestLine(connection.getSourceChannel().getConduit()));
    }

    /** Returns the one that watches an exchange's connection. */
    static RequestLine of(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof HttpServerConnection connection
                && connection.getOriginalSourceConduit() instanceof RequestLine line) {
            return line;
        }
        throw new IllegalStateException("the connection isn't watched");
    }

    /** Returns whether the request that was read last names a version that is spoken here. */
    boolean hasKnownVersion() {
        return tail == HTTP_1_1 || tail == HTTP_1_0;
    }

    /** Looks at the connection's next request once this exchange is over. */
    void lookAgainAfter(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        exchange.addExchangeCompleteListener((ended, after) -> {
            lookAgain(connection.getExtraBytes());
            after.proceed();
        });
    }

    private static long number(String version) {
        return ByteBuffer.wrap(version.getBytes(StandardCharsets.US_ASCII)).getLong();
    }

    private void lookAgain(@Nullable PooledByteBuffer readAlready) {
        looking = true;
        if (readAlready != null) {
            look(readAlready.getBuffer().duplicate());
        }
    }

    private void look(ByteBuffer bytes) {
        while (looking && bytes.hasRemaining()) {
            byte given = bytes.get();
            if (given == '\n') {
                looking = false;
            } else if (given != '\r') {
                tail = tail << Byte.SIZE | (given & 0xff);
            }
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        int count = super.read(into);
        if (looking && count > 0) {
            look(into.duplicate().flip().position(before));
        }
        return count;
    }
}
