package dev.whippletree.gateway;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.List;

/** Answers requests for unknown paths: lists the known ones, and suggests the nearest. Thread-safe; never blocks. */
final class NoSuchPlace implements HttpHandler {

    private static final String VERSION = "/v1";
    private static final String CHAT = "/chat/completions";
    private static final List<String> BELOW_VERSION =
            List.of(CHAT, "/responses", "/embeddings", "/models", "/confirmations");

    private static final String SERVED =
            "POST /v1/chat/completions, POST /v1/responses, POST /v1/embeddings, POST /v1/confirmations, GET /v1/models, GET /health,"
                    + " GET /readyz, GET /status, GET /metrics, and the page /";

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        String path = exchange.getRequestPath();
        Response.send(
                exchange, ApiError.noSuchPlace("not found: " + exchange.getRequestMethod() + " " + path + what(path)));
    }

    private static String what(String path) {
        if (BELOW_VERSION.stream().anyMatch(place -> path.equals(place) || path.startsWith(place + "/"))) {
            return "; use " + VERSION + path + ": the base URL has to end with " + VERSION;
        }
        if (path.startsWith(VERSION + VERSION + "/")) {
            return "; use " + path.substring(VERSION.length()) + ": the base URL has " + VERSION + " twice";
        }
        String chat = path.startsWith(VERSION + "/")
                ? "; of OpenAI's API, the gateway serves only chat completions, Responses and embeddings"
                : "";
        return chat + "; known: " + SERVED;
    }
}
