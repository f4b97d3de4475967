package dev.whippletree.gateway.http;

import dev.whippletree.config.GatewaySettings;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Receives whole request bodies, unless the client is too slow or there is no memory. Immutable; runs on I/O threads
 * and never blocks.
 */
public record RequestBody(GatewaySettings.Bounds bounds, MemoryBudget memory) {

    private static final String GZIP = "gzip";
    private static final String IDENTITY = "identity";

    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);

    /**
     * Receives one. A body that is too large, too slow or breaks off ends the exchange, and so does one for which there
     * is no memory. What it takes is given back when the exchange ends.
     *
     * @param then is told the exchange and the body; what it throws is the response
     * @throws RequestException if a body as large as announced can't be read, or one packed in that way
     */
    public void receive(HttpServerExchange exchange, String tenant, BiConsumer<HttpServerExchange, ReceivedBody> then) {
        MemoryBudget.Lease lease = memory.open(tenant);
        long announced = exchange.getRequestContentLength();
        if (announced > bounds.mostBodyBytes()) {
            throw new RequestException(ApiError.bodyTooLarge(bounds.mostBodyBytes()));
        }
        lease.announced(Math.max(0, announced));
        boolean gzip = isGzip(exchange);
        UnderWay.whenOver(exchange, lease::end);
        lease.take(headers(exchange));
        new Reception(exchange, lease, gzip, then).begin();
    }

    /** Returns what receives and sends bodies piece by piece, with the same memory. */
    public BodyPieces pieces(Executor executor) {
        return new BodyPieces(memory, bounds.clientTimeout(), executor);
    }

    /** Returns how many characters its headers have, which stay until its exchange is over. */
    private static int headers(HttpServerExchange exchange) {
        int characters = 0;
        for (HeaderValues header : exchange.getRequestHeaders()) {
            for (String value : header) {
                characters += value.length();
            }
        }
        return characters;
    }

    private static boolean isGzip(HttpServerExchange exchange) {
        HeaderValues given = exchange.getRequestHeaders().get(Headers.CONTENT_ENCODING);
        String encoding =
                given == null ? IDENTITY : String.join(", ", given).strip().toLowerCase(Locale.ROOT);
        if (!encoding.equals(IDENTITY) && !encoding.equals(GZIP)) {
            throw new RequestException(ApiError.unknownEncoding(encoding));
        }
        return encoding.equals(GZIP);
    }

    /** The receiving of one body. Confined to the exchange's I/O thread. */
    private final class Reception {

        private final HttpServerExchange exchange;
        private final MemoryBudget.Lease lease;
        private final BiConsumer<HttpServerExchange, ReceivedBody> then;
        private final ReceivedBody body;
        private final boolean packed;
        private final XnioExecutor.Key slow;

        Reception(
                HttpServerExchange exchange,
                MemoryBudget.Lease lease,
                boolean packed,
                BiConsumer<HttpServerExchange, ReceivedBody> then) {
            this.exchange = exchange;
            this.lease = lease;
            this.packed = packed;
            this.then = then;
            this.body = new ReceivedBody(lease);
            XnioExecutor.Key timer = exchange.getIoThread()
                    .executeAfter(this::cutOff, bounds.clientTimeout().toMillis(), TimeUnit.MILLISECONDS);
            this.slow = timer;
            // The exchange goes on long after the body has been read, so this mustn't hold the body.
            UnderWay.whenExchanged(exchange, timer::remove);
        }

        /** Only if what is there isn't all is anything to be told when more comes. */
        void begin() {
            StreamSourceChannel channel = exchange.getRequestChannel();
            try {
                if (fill(channel)) {
                    goOn(exchange);
                } else {
                    channel.getReadSetter().set(this::readOn);
                    channel.resumeReads();
                }
            } catch (IOException | RequestException e) {
                refuse(e);
            }
        }

        /** A handler's work outside the root handler's call has to be made such a call again. */
        private void readOn(StreamSourceChannel channel) {
            HttpHandler next;
            try {
                if (!fill(channel)) {
                    return;
                }
                next = this::goOn;
            } catch (IOException | RequestException e) {
                next = failed -> refuse(e);
            }
            channel.suspendReads();
            channel.getReadSetter().set(null);
            Connectors.executeRootHandler(next, exchange);
        }

        /** Takes what is there; returns whether the body is whole. */
        private boolean fill(StreamSourceChannel channel) throws IOException {
            try (PooledByteBuffer pooled =
                    exchange.getConnection().getByteBufferPool().allocate()) {
                ByteBuffer buffer = pooled.getBuffer();
                while (true) {
                    buffer.clear();
                    int count = channel.read(buffer);
                    if (count == 0) {
                        return false;
                    }
                    if (count < 0) {
                        return true;
                    }
                    body.add(buffer.flip());
                }
            }
        }

        private void goOn(HttpServerExchange received) {
            slow.remove();
            received.dispatch(
                    SameThreadExecutor.INSTANCE,
                    () -> Response.answering(
                            received,
                            () -> then.accept(received, packed ? body.unpacked(bounds.mostBodyBytes()) : body)));
        }

        private void refuse(Exception problem) {
            slow.remove();
            lease.end();
            if (problem instanceof RequestException refused) {
                Response.send(exchange, refused.error());
            } else if (problem instanceof RequestTooBigException) {
                Response.send(exchange, ApiError.bodyTooLarge(bounds.mostBodyBytes()));
            } else if (problem instanceof ProtocolException) {
                Response.send(exchange, ApiError.malformed(String.valueOf(problem.getMessage())));
            } else {
                IoUtils.safeClose(exchange.getConnection());
            }
        }

        private void cutOff() {
            LOG.debug("A request took too long to arrive");
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
