package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients of a gateway, by their keys. Thread-safe. */
final class Clients {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    private final List<Known> known = new ArrayList<>();
    private final Client anybody = Client.anybody();
    private final AtomicBoolean sharedKeyTold = new AtomicBoolean();

    private record Known(ExpectedKey key, Client client) {}

    /**
     * Takes them from the settings.
     *
     * @param before those there were so far: who keeps its name keeps what it has used, and with its limits also what it has used of
     *     them
     */
    Clients(GatewaySettings settings, Optional<Clients> before) {
        settings.clients()
                .forEach(client -> known.add(new Known(
                        new ExpectedKey("client " + client.name(), client.key()),
                        Client.of(client, before.flatMap(earlier -> earlier.named(client.name()))))));
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
     * Returns whose request it is, and lets its connection belong to that client.
     *
     * @throws RequestException if there are clients and it is none of them, or if there is no connection for its client
     */
    Client of(HttpServerExchange exchange) {
        Client client = known.isEmpty() ? anybody : byKey(exchange);
        Connections.belongsTo(exchange, client.tenant());
        return client;
    }

    private Client byKey(HttpServerExchange exchange) {
        ShownKey shown = ShownKey.of(exchange)
                .orElseThrow(() -> new RequestException(
                        ApiError.unauthorized("no key: send your key as 'Authorization: Bearer <key>'")));
        return find(shown).orElseThrow(() -> new RequestException(ApiError.unauthorized("unknown key")));
    }

    /** Compares with every key, even after a match. A key that two clients have matches neither. */
    private Optional<Client> find(ShownKey shown) {
        List<Client> found = known.stream()
                .filter(one -> one.key().is(shown))
                .map(Known::client)
                .toList();
        if (found.size() > 1 && sharedKeyTold.compareAndSet(false, true)) {
            LOG.warn(
                    "Clients {} now have the same key, so the gateway rejects it; give each its own key",
                    found.stream().map(Client::tenant).collect(Collectors.joining(" and ")));
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Returns what each has used, by name. */
    List<Map<String, Object>> json(long now) {
        return known.stream().map(one -> one.client().json(now)).toList();
    }
}
