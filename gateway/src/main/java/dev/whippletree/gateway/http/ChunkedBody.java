package dev.whippletree.gateway.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads a chunked request body, and ends the request at its end. On the exchange's I/O thread.
 *
 * <p>Undertow's own takes lines that end with LF alone, and skips what isn't a size and what lies between a chunk and
 * the next line. It and a proxy in front of it could differ about where a request ends.
 */
final class ChunkedBody extends AbstractStreamSourceConduit<StreamSourceConduit> {

    private static final int END = -1;

    private final HttpServerConnection connection;
    private final HttpServerExchange exchange;
    private final Chunks chunks = new Chunks();
    private long total;
    private boolean over;

    /**
     * Begins a body.
     *
     * @param raw what is read on the connection, beginning with what was read of it already
     */
    ChunkedBody(HttpServerConnection connection, HttpServerExchange exchange, StreamSourceConduit raw) {
        super(raw);
        this.connection = connection;
        this.exchange = exchange;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (over) {
            return END;
        }
        try {
            int count = chunks.ended() ? 0 : readChunks(into);
            if (count == 0 && chunks.ended()) {
                over(true);
                return END;
            }
            return count;
        } catch (IOException e) {
            over(false);
            throw e;
        }
    }

    private int readChunks(ByteBuffer into) throws IOException {
        int before = into.position();
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        ByteBuffer raw = pooled.getBuffer();
        try {
            int count = next.read(raw);
            raw.flip();
            if (count < 0) {
                throw new ClosedChannelException();
            }
            chunks.read(raw, into);
        } finally {
            if (raw.hasRemaining()) {
                connection.ungetRequestBytes(pooled);
            } else {
                pooled.close();
            }
        }
        int count = into.position() - before;
        total += count;
        if (exchange.getMaxEntitySize() > 0 && total > exchange.getMaxEntitySize()) {
            throw new RequestTooBigException();
        }
        return count;
    }

    /**
     * Ends the request.
     *
     * @param whole whether another can follow on this connection
     */
    private void over(boolean whole) {
        over = true;
        if (!whole) {
            exchange.setPersistent(false);
        }
        Connectors.terminateRequest(exchange);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        for (int index = offset; index < offset + length; index++) {
            if (into[index].hasRemaining()) {
                return read(into[index]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }

    /** Wakes up a reader that hasn't read the end yet; no further event would. */
    @Override
    public void resumeReads() {
        if (chunks.ended()) {
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }

    @Override
    public void terminateReads() throws IOException {
        if (!over) {
            over(false);
        }
        next.terminateReads();
    }
}
