package dev.whippletree.gateway.status;

import dev.whippletree.gateway.http.Response;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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

    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final Executor executor;

    MetricsHandler(PrometheusMeterRegistry registry, Executor executor) {
        this.registry = registry;
        this.executor = executor;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.dispatch(executor, () -> {
            ByteBuffer text = ByteBuffer.wrap(registry.scrape(TYPE).getBytes(StandardCharsets.UTF_8));
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, TYPE);
            exchange.setResponseContentLength(text.remaining());
            exchange.getResponseSender().send(text, new Response.EndOfExchange());
        });
    }
}
