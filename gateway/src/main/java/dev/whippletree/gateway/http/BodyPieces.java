package dev.whippletree.gateway.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Receives and sends bodies piece by piece, those that don't fit into memory. Whatever blocks is done on an executor,
 * and no thread waits for a client. Immutable.
 *
 * @param clientTimeout how long a client may send nothing before its connection is closed
 */
public record BodyPieces(MemoryBudget memory, Duration clientTimeout, Executor executor) {

    private static final Logger LOG = LoggerFactory.getLogger(BodyPieces.class);

    /** So long a file that is being sent waits until it asks for a thread again. */
    private static final int NO_THREAD_PAUSE_MILLIS = 100;

    /** What a body on its way holds. */
    private static final int HEAP_BYTES = 64 * 1024;

    /** Takes the pieces of one body, one at a time, on the executor. */
    public interface Taker {

        /** Takes a whole piece. Whatever it throws ends the receiving. */
        void take(ByteBuffer piece) throws IOException;
    }

    /**
     * Receives a body. In the root handler's call, on the exchange's I/O thread; the exchange is then the caller's to
     * end.
     *
     * @return ends when all has been taken; exceptionally with what the taker threw, with a {@link RequestException} if
     *     the body is too large or malformed or no thread can be had, or with another {@link IOException} if the client
     *     has gone, perhaps while the last piece is being taken
     * @throws RequestException if it is larger than that by its own account, packed, or there is no memory
     */
    public CompletableFuture<Void> receive(HttpServerExchange exchange, String tenant, long mostBytes, Taker taker) {
        if (exchange.getRequestContentLength() > mostBytes) {
            throw new RequestException(ApiError.bodyTooLarge(mostBytes));
        }
        String encoding = exchange.getRequestHeaders().getFirst(Headers.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RequestException(ApiError.unknownEncoding(encoding));
        }
        pay(exchange, tenant);
        exchange.setMaxEntitySize(mostBytes);
        Arrival arrival = new Arrival(exchange, mostBytes, taker);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> Response.guarded(exchange, arrival::readOn));
        return arrival.whole;
    }

    private void pay(HttpServerExchange exchange, String tenant) {
        MemoryBudget.Lease lease = memory.open(tenant);
        lease.take(HEAP_BYTES);
        UnderWay.whenOver(exchange, lease::end);
    }

    /** The receiving of one body: pieces are read on the I/O thread, and taken on the executor. */
    private final class Arrival {

        private final HttpServerExchange exchange;
        private final long mostBytes;
        private final Taker taker;
        private final StreamSourceChannel channel;
        private final CompletableFuture<Void> whole = new CompletableFuture<>();
        private XnioExecutor.@Nullable Key slow;

        Arrival(HttpServerExchange exchange, long mostBytes, Taker taker) {
            this.exchange = exchange;
            this.mostBytes = mostBytes;
            this.taker = taker;
            this.channel = exchange.getRequestChannel();
            UnderWay.whenExchanged(exchange, () -> whole.completeExceptionally(new ClosedChannelException()));
        }

        private void readOn() {
            PooledByteBuffer pooled =
                    exchange.getConnection().getByteBufferPool().allocate();
            boolean handedOn = false;
            try {
                int count = channel.read(pooled.getBuffer().clear());
                if (count > 0) {
                    executor.execute(() -> take(pooled));
                    handedOn = true;
                } else if (count == 0) {
                    await();
                } else {
                    whole.complete(null);
                }
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                whole.completeExceptionally(new RequestException(ApiError.noThread()));
            } catch (RequestTooBigException e) {
                whole.completeExceptionally(new RequestException(ApiError.bodyTooLarge(mostBytes)));
            } catch (ProtocolException e) {
                whole.completeExceptionally(new RequestException(ApiError.malformed(String.valueOf(e.getMessage()))));
            } catch (IOException e) {
                whole.completeExceptionally(e);
            } finally {
                if (!handedOn) {
                    pooled.close();
                }
            }
        }

        private void take(PooledByteBuffer pooled) {
            try (pooled) {
                taker.take(pooled.getBuffer().flip());
            } catch (Throwable e) {
                whole.completeExceptionally(e);
                return;
            }
            Response.later(exchange, this::readOn);
        }

        private void await() {
            slow = exchange.getIoThread()
                    .executeAfter(
                            () -> IoUtils.safeClose(exchange.getConnection()),
                            clientTimeout.toMillis(),
                            TimeUnit.MILLISECONDS);
            channel.getReadSetter().set(this::arrived);
            channel.resumeReads();
        }

        private void arrived(StreamSourceChannel ready) {
            ready.suspendReads();
            ready.getReadSetter().set(null);
            if (slow != null) {
                slow.remove();
            }
            Response.guarded(exchange, this::readOn);
        }
    }

    /** Sends a file as a response, and closes it. On the exchange's I/O thread. */
    public void send(HttpServerExchange exchange, String tenant, FileChannel content, long bytes) {
        if (!exchange.getConnection().isOpen()) {
            IoUtils.safeClose(content);
            return;
        }
        UnderWay.whenExchanged(exchange, () -> IoUtils.safeClose(content));
        try {
            pay(exchange, tenant);
        } catch (RequestException e) {
            Response.send(exchange, e.error());
            return;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/octet-stream");
        exchange.setResponseContentLength(bytes);
        new Departure(exchange, content, bytes).goOn();
    }

    /** The sending of one file: pieces are read on the executor, and sent on the I/O thread. */
    private final class Departure implements IoCallback {

        private final HttpServerExchange exchange;
        private final FileChannel content;
        private final ByteBuffer piece = ByteBuffer.allocate(HEAP_BYTES);
        private long left;

        Departure(HttpServerExchange exchange, FileChannel content, long left) {
            this.exchange = exchange;
            this.content = content;
            this.left = left;
        }

        private void goOn() {
            try {
                executor.execute(() -> Response.guarded(exchange, this::read));
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                if (exchange.isResponseStarted()) {
                    exchange.getIoThread()
                            .executeAfter(
                                    () -> Response.guarded(exchange, this::goOn),
                                    NO_THREAD_PAUSE_MILLIS,
                                    TimeUnit.MILLISECONDS);
                } else {
                    Response.send(exchange, ApiError.noThread());
                }
            }
        }

        private void read() {
            try {
                piece.clear().limit((int) Math.min(left, piece.capacity()));
                if (left > 0 && content.read(piece) < 0) {
                    throw new EOFException("the file is shorter than it was");
                }
                left -= piece.position();
                piece.flip();
                Response.later(exchange, () -> exchange.getResponseSender().send(piece, this));
            } catch (IOException e) {
                LOG.debug(
                        "Request {}: a file can't be read",
                        RequestLabel.of(exchange).id(),
                        e);
                IoUtils.safeClose(exchange.getConnection());
            }
        }

        @Override
        public void onComplete(HttpServerExchange sent, Sender sender) {
            Response.guarded(exchange, left > 0 ? this::goOn : exchange::endExchange);
        }

        @Override
        public void onException(HttpServerExchange sent, Sender sender, IOException exception) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
