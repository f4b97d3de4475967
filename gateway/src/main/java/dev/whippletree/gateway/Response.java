package dev.whippletree.gateway;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.xnio.IoUtils;

/** Sends what is sent in one piece. On the exchange's I/O thread. */
final class Response {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Response() {}

    /** Sends a JSON value and ends the exchange. */
    static void send(HttpServerExchange exchange, int status, Object json) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        byte[] body = Json.write(json);
        exchange.setResponseContentLength(body.length);
        exchange.getResponseSender().send(ByteBuffer.wrap(body), new EndOfExchange());
    }

    /** Sends an error and ends the exchange. */
    static void send(HttpServerExchange exchange, ApiError error) {
        error.retryAfter()
                .ifPresent(wait -> exchange.getResponseHeaders().put(Headers.RETRY_AFTER, wholeSeconds(wait)));
        send(exchange, error.status(), error.json());
    }

    /** Whoever comes back after a rounded-down time comes too early. */
    private static long wholeSeconds(Duration wait) {
        return Math.max(1, (wait.toNanos() + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
    }

    /** Ends the exchange once all is written, and the connection if that fails. */
    static final class EndOfExchange implements IoCallback {

        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            exchange.endExchange();
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
