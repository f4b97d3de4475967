package dev.whippletree.gateway.clients;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.RequestNotes;
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
     * Creates the clients of a configuration.
     *
     * @param keys theirs
     * @param before the clients before a reload: a client with a known name keeps its usage
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
     * Returns the request's client, and assigns the connection to it.
     *
     * @throws RequestException if the key is missing or unknown, or the client may have no more connections
     */
    public Client of(HttpServerExchange exchange) {
        Client client = byOwner.isEmpty() ? anybody : byKey(exchange);
        RequestNotes.client(exchange, client.tenant());
        Connections.belongsTo(exchange, client.tenant());
        return client;
    }

    /** Returns the client of a name; empty if there is none by now. Without keys, all programs are the one without. */
    public Optional<Client> named(String tenant) {
        return byOwner.isEmpty() && tenant.equals(anybody.tenant())
                ? Optional.of(anybody)
                : Optional.ofNullable(byOwner.get(Keys.client(tenant)));
    }

    private Client byKey(HttpServerExchange exchange) {
        return keys.owner(ShownKey.require(exchange, "your key"))
                .map(byOwner::get)
                .orElseThrow(() -> new RequestException(ApiError.unauthorized("unknown key")));
    }

    /** Returns what each has used, by name. */
    public List<Map<String, Object>> json(long now) {
        return byOwner.values().stream().map(client -> client.json(now)).toList();
    }
}
