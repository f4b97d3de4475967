package dev.whippletree.gateway.status;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections that have sent a request, and requests under way. Thread-safe. */
final class Visits {

    private static final AttachmentKey<Boolean> COUNTED = AttachmentKey.create(Boolean.class);

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    HttpHandler counting(HttpHandler next) {
        return exchange -> {
            count(exchange);
            next.handleRequest(exchange);
        };
    }

    private void count(HttpServerExchange exchange) {
        count(exchange.getConnection());
        requests.incrementAndGet();
        exchange.addExchangeCompleteListener((ended, after) -> {
            requests.decrementAndGet();
            after.proceed();
        });
    }

    /** Requests of one connection come one after the other. */
    private void count(ServerConnection connection) {
        if (connection.putAttachment(COUNTED, true) == null) {
            connections.incrementAndGet();
            connection.addCloseListener(closed -> connections.decrementAndGet());
        }
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }
}
