package dev.whippletree.emulator.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Closes a connection whose caller has closed it, while the response isn't complete. On the exchange's I/O thread.
 *
 * <p>A server doesn't read on before it has answered, and wouldn't notice. What comes instead of an end is given back
 * unread.
 */
record CallerWatch(HttpServerConnection connection, Runnable left) {

    /**
     * Watches until the response is complete.
     *
     * @param left is run if the caller leaves before
     */
    static void start(HttpServerExchange exchange, Runnable left) {
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() == null) {
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            source.setConduit(connection.getOriginalSourceConduit());
            source.setReadListener(new CallerWatch(connection, left)::readOn);
            source.resumeReads();
        }
    }

    private void readOn(ConduitStreamSourceChannel channel) {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        try {
            int count = channel.read(pooled.getBuffer());
            if (count > 0) {
                pooled.getBuffer().flip();
                channel.suspendReads();
                connection.ungetRequestBytes(pooled);
                return;
            }
            if (count < 0) {
                leave();
            }
        } catch (IOException e) {
            leave();
        }
        pooled.close();
    }

    private void leave() {
        IoUtils.safeClose(connection);
        left.run();
    }
}
