package dev.whippletree.gateway;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a client has gone while it waits for its answer. On the exchange's I/O thread.
 *
 * <p>A server that has read a request doesn't read on before it has answered, so it wouldn't see the connection end. This reads on. What
 * comes instead of an end is the client's next request, which is given back unread, and the client is there.
 */
final class Departure {

    private final HttpServerExchange exchange;
    private final Runnable gone;

    private Departure(HttpServerExchange exchange, Runnable gone) {
        this.exchange = exchange;
        this.gone = gone;
    }

    /**
     * Watches until the exchange is over.
     *
     * @param gone is run once, on the I/O thread, if the connection ends before
     */
    static void watch(HttpServerExchange exchange, Runnable gone) {
        Departure departure = new Departure(exchange, gone);
        exchange.getConnection().addCloseListener(connection -> departure.closed());
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() == null) {
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            // The one that ends with the request's body would read nothing more.
            source.setConduit(connection.getOriginalSourceConduit());
            source.setReadListener(channel -> departure.readOn(connection, channel));
            source.resumeReads();
        }
    }

    private void closed() {
        if (!exchange.isComplete()) {
            gone.run();
        }
    }

    private void readOn(HttpServerConnection connection, ConduitStreamSourceChannel channel) {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            ByteBuffer buffer = pooled.getBuffer();
            buffer.clear();
            int count = channel.read(buffer);
            if (count < 0) {
                IoUtils.safeClose(connection);
            } else if (count > 0) {
                buffer.flip();
                kept = true;
                channel.suspendReads();
                connection.ungetRequestBytes(pooled);
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        } finally {
            if (!kept) {
                pooled.close();
            }
        }
    }
}
