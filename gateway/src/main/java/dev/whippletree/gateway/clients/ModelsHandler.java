package dev.whippletree.gateway.clients;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.Response;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Lists the models that a client may use, or describes one. Thread-safe; runs on I/O threads and never blocks. */
public final class ModelsHandler implements HttpHandler {

    private static final int OK = 200;

    private final Supplier<Access> access;

    /** Creates one that lists what the clients may use by now. */
    public ModelsHandler(Supplier<Access> access) {
        this.access = access;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            Access now = access.get();
            Client client = now.clients().of(exchange);
            Response.send(
                    exchange,
                    OK,
                    answer(exchange.getRelativePath(), now.models(client).owners()));
        } catch (RequestException e) {
            Response.send(exchange, e.error());
        }
    }

    /** A name may have slashes in it. */
    private static Map<String, Object> answer(String path, Map<String, String> owners) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        if (name.isEmpty()) {
            List<Map<String, Object>> all = owners.entrySet().stream()
                    .map(entry -> model(entry.getKey(), entry.getValue()))
                    .toList();
            return Map.of("object", "list", "data", all);
        }
        String owner = owners.get(name);
        if (owner == null) {
            throw new RequestException(ApiError.noSuchModel("no route or model is named '" + name + "'"));
        }
        return model(name, owner);
    }

    private static Map<String, Object> model(String name, String owner) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", name);
        model.put("object", "model");
        model.put("created", 0);
        model.put("owned_by", owner);
        return model;
    }
}
