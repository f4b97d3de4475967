package dev.whippletree.gateway.clients;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lists the models that a client may use, or describes one. Thread-safe; runs on I/O threads and never blocks. */
public record ModelsHandler(Supplier<Access> access) implements HttpHandler {

    private static final int OK = 200;

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Access now = access.get();
        Client client = now.clients().of(exchange);
        Response.send(
                exchange, OK, answer(name(exchange), now.rights(client).models().owners(), now.since()));
    }

    /** A name may have slashes in it. The server decodes a path but for them, so this decodes it as it was sent. */
    private static String name(HttpServerExchange exchange) {
        String path = URLDecoder.decode(exchange.getRequestURI().replace("+", "%2B"), StandardCharsets.UTF_8);
        String place = exchange.getResolvedPath();
        return path.substring(path.indexOf(place) + place.length()).replaceFirst("^/", "");
    }

    private static Map<String, Object> answer(String name, Map<String, String> owners, Instant since) {
        if (name.isEmpty()) {
            return list(owners, since);
        }
        String owner = owners.get(name);
        if (owner == null) {
            throw new RequestException(ApiError.noSuchModel("no route or model is named '" + name + "'"));
        }
        return model(name, owner, since);
    }

    private static Map<String, Object> list(Map<String, String> owners, Instant since) {
        List<Map<String, Object>> data = new ArrayList<>();
        owners.forEach((name, owner) -> data.add(model(name, owner, since)));
        @Nullable Object first = data.isEmpty() ? null : data.get(0).get("id");
        @Nullable Object last = data.isEmpty() ? null : data.get(data.size() - 1).get("id");
        return GatewayJson.of("object", "list", "data", data, "first_id", first, "last_id", last, "has_more", false);
    }

    /** With the fields of both OpenAI and Anthropic. */
    private static Map<String, Object> model(String name, String owner, Instant since) {
        Instant second = since.truncatedTo(ChronoUnit.SECONDS);
        Map<String, Object> model = GatewayJson.of("id", name, "object", "model", "created", second.getEpochSecond());
        model.putAll(GatewayJson.of("owned_by", owner, "type", "model", "display_name", name));
        model.put("created_at", second.toString());
        return model;
    }
}
