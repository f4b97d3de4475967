package dev.whippletree.gateway.status;

import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.function.Supplier;

/** Passes only requests that may see the status. Thread-safe. */
final class WatchedHandler implements HttpHandler {

    private final Supplier<Access> access;
    private final HttpHandler next;

    WatchedHandler(Supplier<Access> access, HttpHandler next) {
        this.access = access;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        try {
            access.get().watchers().admit(exchange);
        } catch (RequestException e) {
            Response.send(exchange, e.error());
            return;
        }
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        PageHeaders.putShared(exchange.getResponseHeaders());
        next.handleRequest(exchange);
    }
}
