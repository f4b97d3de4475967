package dev.whippletree.gateway.batches;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.gateway.prompt.GatewayParts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Hands requests on by their method and path: {@code GET /<id>/content}. Immutable; never blocks.
 *
 * @param servings what serves each; called on the I/O thread, and may throw {@link RequestException}
 */
record StorageHandler(
        GatewaySettings.Batches settings,
        GatewayParts gateway,
        Unreadable unreadable,
        Map<String, Consumer<StorageRequest>> servings)
        implements HttpHandler {

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            Access now = gateway.access().get();
            Client client = now.clients().of(exchange);
            String path = exchange.getRelativePath().replaceFirst("^/", "");
            String id = path.replaceFirst("/.*", "");
            String shape = id.isEmpty() ? path : "/<id>" + path.substring(id.length());
            serving(exchange, shape)
                    .accept(new StorageRequest(
                            exchange,
                            client.tenant(),
                            ClientFolder.of(settings, client.tenant()),
                            unreadable,
                            now.disclosure().accountsShown(),
                            id));
        } catch (RequestException e) {
            Response.send(exchange, e.error());
        }
    }

    /** Undertow omits the body for HEAD. */
    private Consumer<StorageRequest> serving(HttpServerExchange exchange, String shape) {
        boolean head = exchange.getRequestMethod().equals(Methods.HEAD);
        Consumer<StorageRequest> serving =
                servings.get((head ? Methods.GET : exchange.getRequestMethod()) + " " + shape);
        if (serving != null) {
            return serving;
        }
        List<String> taken = servings.keySet().stream()
                .filter(served -> served.endsWith(" " + shape))
                .map(served -> served.substring(0, served.indexOf(' ')))
                .toList();
        throw taken.isEmpty()
                ? new RequestException(ApiError.noSuchPlace(
                        "not found: " + exchange.getRequestMethod() + " " + exchange.getRequestPath()))
                : Response.wrongMethod(exchange, taken.stream());
    }
}
