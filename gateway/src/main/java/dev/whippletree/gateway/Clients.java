package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Secret;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may ask, by the keys they show. Thread-safe. */
final class Clients {

    private final List<Known> known = new ArrayList<>();
    private final Client anybody = Client.anybody();

    private record Known(Secret key, Client client) {}

    /**
     * Takes them from the settings.
     *
     * @param before those there were so far: who keeps its name keeps what it has used, and with its limits also what it has used of
     *     them
     */
    Clients(GatewaySettings settings, Optional<Clients> before) {
        settings.clients()
                .forEach(client -> known.add(new Known(
                        client.key(), Client.of(client, before.flatMap(earlier -> earlier.named(client.name()))))));
    }

    private Optional<Client> named(String name) {
        return known.stream()
                .map(Known::client)
                .filter(client -> client.tenant().equals(name))
                .findFirst();
    }

    /** Returns whether requests need a key. */
    boolean needKeys() {
        return !known.isEmpty();
    }

    /**
     * Returns whose request it is.
     *
     * @throws RequestException if there are clients and it is none of them
     */
    Client of(HttpServerExchange exchange) {
        if (known.isEmpty()) {
            return anybody;
        }
        ShownKey shown = ShownKey.of(exchange)
                .orElseThrow(() -> new RequestException(
                        ApiError.unauthorized("a key is needed: send it as 'Authorization: Bearer <key>'")));
        Client client =
                find(shown).orElseThrow(() -> new RequestException(ApiError.unauthorized("this key isn't known here")));
        Connections.showedKey(exchange);
        return client;
    }

    /** Compares with every key, whether it has been found or not. */
    private Optional<Client> find(ShownKey shown) {
        Client found = null;
        for (Known one : known) {
            if (shown.is(one.key())) {
                found = one.client();
            }
        }
        return Optional.ofNullable(found);
    }

    /** Returns what each has used, by name. */
    List<Map<String, Object>> json(long now) {
        return known.stream().map(one -> one.client().json(now)).toList();
    }
}
