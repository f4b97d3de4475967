package dev.whippletree.gateway;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/**
 * Serves all metrics as text for Prometheus. Thread-safe. Writing that text takes milliseconds, so it isn't done on
 * I/O threads.
 */
final class MetricsHandler implements HttpHandler {

    private final Telemetry telemetry;
    private final Executor executor;

    MetricsHandler(Telemetry telemetry, Executor executor) {
        this.telemetry = telemetry;
        this.executor = executor;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.dispatch(executor, () -> {
            ByteBuffer text = ByteBuffer.wrap(telemetry.metrics().getBytes(StandardCharsets.UTF_8));
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Telemetry.METRICS_TYPE);
            exchange.setResponseContentLength(text.remaining());
            exchange.getResponseSender().send(text, new Response.EndOfExchange());
        });
    }
}
