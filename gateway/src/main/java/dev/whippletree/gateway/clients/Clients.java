package dev.whippletree.gateway.clients;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.RequestException;
import io.undertow.server.HttpServerExchange;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The clients of a gateway, by their keys. Thread-safe. */
public final class Clients {

    private final Keys keys;
    private final Map<String, Client> byOwner = new LinkedHashMap<>();
    private final Map<String, Client.Used> used = new HashMap<>();
    private final Client anybody = Client.anybody();

    /**
     * Takes them from the settings.
     *
     * @param keys theirs
     * @param before those there were so far: who has the name of one that there ever was goes on with what that has used
     */
    Clients(GatewaySettings settings, Keys keys, Optional<Clients> before) {
        this.keys = keys;
        before.ifPresent(earlier -> used.putAll(earlier.used));
        settings.clients().forEach(client -> {
            Client.Used own = used.computeIfAbsent(client.name(), name -> new Client.Used());
            byOwner.put(Keys.client(client.name()), new Client(client.name(), client.limits(), own));
        });
    }

    /** Returns whether requests need a key. */
    public boolean needKeys() {
        return !byOwner.isEmpty();
    }

    /**
     * Returns whose request it is, and lets its connection belong to that client.
     *
     * @throws RequestException if there are clients and it is none of them, or if there is no connection for its client
     */
    public Client of(HttpServerExchange exchange) {
        Client client = byOwner.isEmpty() ? anybody : byKey(exchange);
        Connections.belongsTo(exchange, client.tenant());
        return client;
    }

    private Client byKey(HttpServerExchange exchange) {
        ShownKey shown = ShownKey.of(exchange)
                .orElseThrow(() -> new RequestException(
                        ApiError.unauthorized("no key: send your key as 'Authorization: Bearer <key>'")));
        return keys.owner(shown)
                .map(byOwner::get)
                .orElseThrow(() -> new RequestException(ApiError.unauthorized("unknown key")));
    }

    /** Returns what each has used, by name. */
    public List<Map<String, Object>> json(long now) {
        return byOwner.values().stream().map(client -> client.json(now)).toList();
    }
}
