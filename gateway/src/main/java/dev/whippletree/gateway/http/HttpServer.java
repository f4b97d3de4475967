package dev.whippletree.gateway.http;

import dev.whippletree.config.GatewaySettings;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** Undertow on one port, HTTP/1.1 only, within the bounds of the settings. Thread-safe. */
public record HttpServer(XnioWorker worker, AcceptingChannel<StreamConnection> accepting, Connections connections) {

    private static final int BACKLOG = 10_000;
    private static final int IO_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int MOST_HEAD_BYTES = 16 * 1024;
    private static final int MOST_HEADERS = 100;

    /** Of a query; lists have four. */
    private static final int MOST_PARAMETERS = 16;

    private static final int MOST_BUFFER_BYTES = 16 * 1024;
    private static final int FEWEST_BUFFER_BYTES = 4 * 1024;

    private static final int BUFFERS_KEPT_BY_A_THREAD = 4;

    /**
     * How much a client leaves unread before the server notices: left alone, systems buffer megabytes, so a slow reader
     * looks like none.
     */
    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    /**
     * Starts one. Blocks until it listens.
     *
     * @throws IOException if the address can't be had
     */
    public static HttpServer start(GatewaySettings settings, HttpHandler handler) throws IOException {
        XnioWorker worker = Xnio.getInstance(HttpServer.class.getClassLoader())
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_IO_THREADS, IO_THREADS)
                        .set(Options.WORKER_TASK_CORE_THREADS, 1)
                        .set(Options.WORKER_TASK_MAX_THREADS, 1)
                        .getMap());
        try {
            HttpOpenListener http = new HttpOpenListener(
                    new DefaultByteBufferPool(
                            true, bufferBytes(settings.bounds().mostConnections()), -1, BUFFERS_KEPT_BY_A_THREAD),
                    protocol(settings.bounds()));
            Connections connections = new Connections(settings.bounds().mostConnections(), connection -> {
                RequestLine line = RequestLine.watch(connection);
                BlockedWrites.watch(connection, settings.bounds().clientTimeout());
                RefusedHeads.watch(connection, line);
                http.handleEvent(connection);
            });
            HttpHandler noting = connections.noting(handler);
            http.setRootHandler(exchange -> {
                RequestLine.of(exchange).accept(exchange);
                noting.handleRequest(exchange);
            });
            AcceptingChannel<StreamConnection> accepting = worker.createStreamConnectionServer(
                    new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()),
                    ChannelListeners.openListenerAdapter(connections),
                    sockets(settings.bounds()));
            accepting.resumeAccepts();
            return new HttpServer(worker, accepting, connections);
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            throw e;
        }
    }

    private static OptionMap protocol(GatewaySettings.Bounds bounds) {
        return OptionMap.builder()
                .set(UndertowOptions.MAX_ENTITY_SIZE, (long) bounds.mostBodyBytes())
                .set(UndertowOptions.MAX_HEADER_SIZE, MOST_HEAD_BYTES)
                .set(UndertowOptions.MAX_HEADERS, MOST_HEADERS)
                .set(UndertowOptions.MAX_PARAMETERS, MOST_PARAMETERS)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int)
                        bounds.clientTimeout().toMillis())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int)
                        bounds.idleTimeout().toMillis())
                .getMap();
    }

    /** One more connection than may be open waits for one to give way; the others wait in the operating system. */
    private static OptionMap sockets(GatewaySettings.Bounds bounds) {
        int most = (int) Math.min(Integer.MAX_VALUE, bounds.mostConnections() + 1L);
        return OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.SEND_BUFFER, SEND_BUFFER_BYTES)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.CONNECTION_HIGH_WATER, most)
                .set(Options.CONNECTION_LOW_WATER, most)
                .getMap();
    }

    /**
     * A connection holds a buffer at most; all of them together take half of what the JVM allows outside the heap, as
     * much as in it.
     */
    private static int bufferBytes(int connections) {
        long share = Runtime.getRuntime().maxMemory() / 2 / connections;
        return (int) Math.max(FEWEST_BUFFER_BYTES, Math.min(MOST_BUFFER_BYTES, Long.highestOneBit(share)));
    }

    public InetSocketAddress address() {
        return accepting.getLocalAddress(InetSocketAddress.class);
    }

    /** Closes it and all connections, if that hasn't been done. Blocks until its threads have ended. */
    public synchronized void stop() {
        if (!worker.isShutdown()) {
            // Needs the worker's threads.
            IoUtils.safeClose(accepting);
            worker.shutdown();
        }
        try {
            worker.awaitTermination();
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
