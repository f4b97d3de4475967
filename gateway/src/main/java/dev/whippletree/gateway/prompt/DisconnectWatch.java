package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.http.UnderWay;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Detects that a client has closed its connection while it waits for an answer. One for each connection and all its
 * requests. On the connection's I/O thread.
 *
 * <p>A server that has read a request doesn't read on before it has answered, so it wouldn't see the connection end.
 * This reads on, and keeps the client's next request, which is answered afterwards. It keeps one buffer of it: a client
 * that sends more before it has its answer is cut off, because its presence could no longer be detected.
 */
final class DisconnectWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DisconnectWatch.class);
    private static final AttachmentKey<DisconnectWatch> OF_CONNECTION = AttachmentKey.create(DisconnectWatch.class);

    private final HttpServerConnection connection;

    /** What to run if the connection ends; null while no request waits for its answer. */
    private @Nullable Runnable gone;

    private DisconnectWatch(HttpServerConnection connection) {
        this.connection = connection;
    }

    /**
     * Watches until the exchange is over, of which nothing is kept then.
     *
     * @param gone is run once, on the I/O thread, if the connection ends before
     */
    static void watch(HttpServerExchange exchange, Runnable gone) {
        if (exchange.getConnection() instanceof HttpServerConnection connection) {
            of(connection).begin(exchange, gone);
        }
    }

    private static DisconnectWatch of(HttpServerConnection connection) {
        DisconnectWatch known = connection.getAttachment(OF_CONNECTION);
        if (known != null) {
            return known;
        }
        DisconnectWatch watch = new DisconnectWatch(connection);
        connection.putAttachment(OF_CONNECTION, watch);
        // Undertow keeps each of these until the connection closes.
        connection.addCloseListener(closed -> watch.leave());
        return watch;
    }

    private void begin(HttpServerExchange exchange, Runnable whenGone) {
        gone = whenGone;
        if (!connection.isOpen()) {
            leave();
            return;
        }
        UnderWay.whenExchanged(exchange, () -> gone = null);
        ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
        // The one that ends with the request's body would read nothing more.
        source.setConduit(connection.getOriginalSourceConduit());
        source.setReadListener(this::readOn);
        source.resumeReads();
    }

    private void leave() {
        Runnable task = gone;
        gone = null;
        if (task != null) {
            task.run();
        }
    }

    private void readOn(ConduitStreamSourceChannel source) {
        if (gone == null) {
            // Undertow has the next turn, and resumes reading if it wants more than was kept.
            source.suspendReads();
            return;
        }
        PooledByteBuffer kept = connection.getExtraBytes();
        PooledByteBuffer pooled = kept == null ? connection.getByteBufferPool().allocate() : kept;
        ByteBuffer buffer = pooled.getBuffer();
        if (kept == null) {
            buffer.clear();
        } else {
            buffer.compact();
        }
        boolean open = read(source, buffer);
        buffer.flip();
        if (kept == null && buffer.hasRemaining()) {
            connection.setExtraBytes(pooled);
        } else if (kept == null) {
            pooled.close();
        }
        if (!open) {
            IoUtils.safeClose(connection);
        }
    }

    /** Returns whether the client is there, as far as can be seen. */
    private static boolean read(ConduitStreamSourceChannel source, ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            LOG.debug("A client sent too much before it received its answer");
            return false;
        }
        try {
            return source.read(buffer) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
