package dev.whippletree.gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Buffers;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Resets a connection whose client doesn't read what the gateway writes. On the connection's I/O thread. No file is
 * sent by its channel, so transfers aren't watched.
 *
 * <p>Undertow's own write timeout measures the time between two writes. It takes a service that was silent for a client
 * that is slow, and ends the answer in the middle.
 */
final class BlockedWrites extends AbstractStreamSinkConduit<StreamSinkConduit> {

    private static final Logger LOG = LoggerFactory.getLogger(BlockedWrites.class);

    private final StreamConnection connection;
    private final long mostMillis;

    /** Runs out unless the client takes something; null while nothing waits to be taken. */
    private XnioExecutor.@Nullable Key patience;

    private BlockedWrites(StreamSinkConduit next, StreamConnection connection, Duration most) {
        super(next);
        this.connection = connection;
        this.mostMillis = most.toMillis();
    }

    /**
     * Begins to watch a connection that Undertow hasn't got yet.
     *
     * @param most how long a client may take nothing
     */
    static void watch(StreamConnection connection, Duration most) {
        ConduitStreamSinkChannel sink = connection.getSinkChannel();
        sink.setConduit(new BlockedWrites(sink.getConduit(), connection, most));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = next.write(source);
        took(count > 0, !source.hasRemaining());
        return count;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long count = next.write(sources, offset, length);
        took(count > 0, !Buffers.hasRemaining(sources, offset, length));
        return count;
    }

    @Override
    public int writeFinal(ByteBuffer source) throws IOException {
        int count = next.writeFinal(source);
        took(count > 0, !source.hasRemaining());
        return count;
    }

    @Override
    public long writeFinal(ByteBuffer[] sources, int offset, int length) throws IOException {
        long count = next.writeFinal(sources, offset, length);
        took(count > 0, !Buffers.hasRemaining(sources, offset, length));
        return count;
    }

    @Override
    public boolean flush() throws IOException {
        boolean flushed = next.flush();
        took(flushed, flushed);
        return flushed;
    }

    private void took(boolean something, boolean all) {
        if (patience != null && (something || all)) {
            patience.remove();
            patience = null;
        }
        if (patience == null && !all) {
            patience = connection.getIoThread().executeAfter(this::giveUp, mostMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp() {
        patience = null;
        LOG.debug("A client read nothing for {} ms", mostMillis);
        Reset.now(connection);
    }
}
