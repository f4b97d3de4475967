package dev.whippletree.gateway.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Sends a response in one piece. On the exchange's I/O thread. */
public final class Response {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Read by OpenAI's and Anthropic's libraries. */
    private static final HttpString SHOULD_RETRY = new HttpString("x-should-retry");

    private static final Logger LOG = LoggerFactory.getLogger(Response.class);
    private static final long UNREAD_SECONDS = 5;
    private static final long MOST_UNREAD_BYTES = 64 * 1024;

    private Response() {}

    /**
     * Does something for an exchange on its I/O thread, outside the root handler's call. No other code would end the
     * exchange if that failed, so then its connection is closed.
     */
    public static void later(HttpServerExchange exchange, Runnable work) {
        try {
            exchange.getIoThread().execute(() -> guarded(exchange, work));
        } catch (Throwable e) {
            breakOff(exchange, e);
        }
    }

    /** Runs a task for an exchange that no other code would end; if it fails, closes the connection. */
    public static void guarded(HttpServerExchange exchange, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            breakOff(exchange, e);
        }
    }

    /** Returns the error for a method that a path doesn't take, and puts those that it takes into the response. */
    public static RequestException wrongMethod(HttpServerExchange exchange, Stream<String> taken) {
        String allowed = taken.sorted().collect(Collectors.joining(", "));
        exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
        return new RequestException(ApiError.wrongMethod(
                exchange.getRequestPath() + " takes " + allowed + ", not " + exchange.getRequestMethod()));
    }

    /** Returns a handler that answers with the error of a {@link RequestException}. */
    public static HttpHandler answering(HttpHandler next) {
        return exchange -> {
            try {
                next.handleRequest(exchange);
            } catch (RequestException e) {
                send(exchange, e.error());
            }
        };
    }

    /** Does the work of a request whose body has come, in the root handler's call. If it fails, the error is sent. */
    static void answering(HttpServerExchange exchange, Runnable work) {
        try {
            work.run();
        } catch (RequestException e) {
            send(exchange, e.error());
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", RequestLabel.of(exchange).id(), e);
            send(exchange, ApiError.internal());
        }
    }

    private static void breakOff(HttpServerExchange exchange, Throwable why) {
        try {
            LOG.error(
                    "Request {} couldn't be answered", RequestLabel.of(exchange).id(), why);
        } finally {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    public static void send(HttpServerExchange exchange, int status, Object json) {
        sendJson(exchange, status, GatewayJson.write(json));
    }

    public static void sendJson(HttpServerExchange exchange, int status, byte[] json) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.setResponseContentLength(json.length);
        if (!exchange.isRequestComplete()) {
            leaveUnread(exchange);
        }
        exchange.getResponseSender().send(ByteBuffer.wrap(json), new EndOfExchange());
    }

    /** Sends an error in the format of the request's path, and ends the exchange. */
    public static void send(HttpServerExchange exchange, ApiError error) {
        RequestNotes.error(exchange, error);
        error.retryAfter()
                .ifPresent(wait -> exchange.getResponseHeaders().put(Headers.RETRY_AFTER, wholeSeconds(wait)));
        if (!error.mayPass()) {
            exchange.getResponseHeaders().put(SHOULD_RETRY, "false");
        }
        RequestLabel label = RequestLabel.of(exchange);
        send(exchange, label.errors().status(error), label.errors().json(error, label.id()));
    }

    /**
     * The rest of the request is read and thrown away for a moment, since a connection that is closed before would take
     * the answer with it; then the connection is closed. It goes on only if the rest is short and comes in time.
     */
    private static void leaveUnread(HttpServerExchange exchange) {
        long announced = exchange.getRequestContentLength();
        // Of a body that is too large Undertow doesn't read the rest, but closes: the client has to be told.
        if (announced < 0 || announced > Math.min(MOST_UNREAD_BYTES, exchange.getMaxEntitySize())) {
            exchange.setPersistent(false);
        }
        XnioExecutor.Key patience = exchange.getIoThread()
                .executeAfter(() -> IoUtils.safeClose(exchange.getConnection()), UNREAD_SECONDS, TimeUnit.SECONDS);
        UnderWay.whenExchanged(exchange, patience::remove);
    }

    /** Returns a wait as {@code Retry-After} tells it: never too short, and never none. */
    static long wholeSeconds(Duration wait) {
        return Math.max(1, (wait.toNanos() + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
    }

    /** Ends the exchange once all is written, and the connection if that fails. */
    public static final class EndOfExchange implements IoCallback {

        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            guarded(exchange, exchange::endExchange);
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
