package dev.whippletree.gateway.prompt;

import dev.whippletree.chat.Fields;
import dev.whippletree.chat.WrongFieldException;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.ReceivedBody;
import dev.whippletree.gateway.http.RequestException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;

/**
 * Receives confirmations from clients that an answer was right or wrong. Thread-safe; runs on I/O threads and never
 * blocks.
 */
public record ConfirmationHandler(GatewayParts gateway) implements HttpHandler {

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Client client = gateway.access().get().clients().of(exchange);
        gateway.bodies().receive(exchange, client.tenant(), (received, body) -> {
            try {
                confirm(client, body);
            } catch (WrongFieldException e) {
                throw RequestException.of(e);
            }
            received.setStatusCode(StatusCodes.NO_CONTENT);
            received.endExchange();
        });
    }

    private void confirm(Client client, ReceivedBody body) {
        Fields fields = new Fields(
                "",
                body.json()
                        .orElseThrow(
                                () -> wrong("", "the body must be a JSON object: {\"id\": \"...\", \"right\": true}")));
        String id = fields.text("id").orElseThrow(() -> wrong("id", "'id' is missing: give the id of an answer"));
        boolean right =
                fields.flag("right").orElseThrow(() -> wrong("right", "'right' is missing: give true or false"));
        fields.rest().keySet().stream().findFirst().ifPresent(field -> {
            throw wrong(field, "unknown field '" + field + "'; known: id, right");
        });
        if (!gateway.answers().has(client.tenant(), id)) {
            throw new RequestException(ApiError.noSuchPlace(
                    "no recent answer of this client to a declared question has the id '" + id + "'"));
        }
        gateway.answers()
                .find(client.tenant(), id)
                .ifPresent(key -> gateway.whippletree().confirm(key, right));
    }

    private static RequestException wrong(String field, String message) {
        return new RequestException(ApiError.wrong(field, message));
    }
}
