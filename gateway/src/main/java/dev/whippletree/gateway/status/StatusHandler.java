package dev.whippletree.gateway.status;

import dev.whippletree.Whippletree;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.status.PricedStatus;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Serves the status: the output of {@code whippletree status --json}, with the gateway's own part under {@code
 * gateway}. Thread-safe; runs on I/O threads and never blocks.
 */
final class StatusHandler implements HttpHandler {

    private static final int OK = 200;

    private final Whippletree whippletree;
    private final OwnPart ownPart;

    StatusHandler(Whippletree whippletree, OwnPart ownPart) {
        this.whippletree = whippletree;
        this.ownPart = ownPart;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        StatusSnapshot status = whippletree.status();
        LocalDate today = LocalDate.ofInstant(status.at(), ZoneOffset.UTC);
        Map<String, Object> json =
                PricedStatus.of(status, whippletree.configuration(), today).json();
        json.put("gateway", ownPart.json());
        Response.send(exchange, OK, json);
    }
}
