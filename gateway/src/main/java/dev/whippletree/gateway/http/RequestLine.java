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
 * Checks the first line of each request on a connection. Undertow treats any version as HTTP/1.1. And it makes strings
 * of all parameters, which take many times as much, before anybody knows whose request it is: so it gets neither a long
 * line nor parameters in a path, which a proxy in front might see as another path besides. All bytes read on the
 * connection pass through this. Requests, and so its calls, come one after the other.
 */
final class RequestLine extends AbstractStreamSourceConduit<StreamSourceConduit> {

    private static final long HTTP_1_1 = number("HTTP/1.1");
    private static final long HTTP_1_0 = number("HTTP/1.0");

    /** The longest that is of any use names a model, or a page of a list. */
    private static final int MOST_BYTES = 2_048 + "\r\n".length();

    /** The line's last 8 bytes so far. */
    private long tail;

    private int length;
    private boolean inQuery;
    private boolean looking = true;
    private boolean accepted;

    private RequestLine(StreamSourceConduit next) {
        super(next);
    }

    /** Begins to look at what is read on a connection that Undertow hasn't got yet. */
    static RequestLine watch(StreamConnection connection) {
        RequestLine line = new RequestLine(connection.getSourceChannel().getConduit());
        connection.getSourceChannel().setConduit(line);
        return line;
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

    /** Returns whether a handler has the request that was read last, and its response isn't over. */
    boolean isAccepted() {
        return accepted;
    }

    /** A handler has the request. Looks at the connection's next one once this exchange is over. */
    void accept(HttpServerExchange exchange) {
        accepted = true;
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        UnderWay.whenExchanged(exchange, () -> {
            accepted = false;
            if (!lookAgain(connection.getExtraBytes())) {
                exchange.setPersistent(false);
            }
        });
    }

    private static long number(String version) {
        return ByteBuffer.wrap(version.getBytes(StandardCharsets.US_ASCII)).getLong();
    }

    /** Begins with the next line, of which some may have been read; returns as {@link #look} does. */
    private boolean lookAgain(@Nullable PooledByteBuffer readAlready) {
        length = 0;
        inQuery = false;
        looking = true;
        return readAlready == null || look(readAlready.getBuffer().duplicate());
    }

    /** Returns whether Undertow may have the line, as far as it has come. */
    private boolean look(ByteBuffer bytes) {
        while (looking && bytes.hasRemaining()) {
            byte given = bytes.get();
            length++;
            inQuery |= given == '?';
            if (length > MOST_BYTES || (given == ';' && !inQuery)) {
                looking = false; // What is read from now on is thrown away.
                return false;
            }
            if (given == '\n') {
                looking = false;
            } else if (given != '\r') {
                tail = tail << Byte.SIZE | (given & 0xff);
            }
        }
        return true;
    }

    /** Undertow answers 400 to whatever is thrown here, unless it is an {@link IOException}. */
    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        int count = super.read(into);
        if (looking && count > 0 && !look(into.duplicate().flip().position(before))) {
            throw new IllegalStateException("a request's first line is too long, or its path has parameters");
        }
        return count;
    }
}
