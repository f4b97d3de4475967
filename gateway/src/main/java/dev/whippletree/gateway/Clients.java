package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Map<String, Client.Used> used = new HashMap<>();
    private final Client anybody = Client.anybody();
    private final AtomicBoolean sharedKeyTold = new AtomicBoolean();

    private record Known(ExpectedKey key, Client client) {}

    /**
     * Takes them from the settings.
     *
     * @param before those there were so far: who has the name of one that there ever was goes on with what that has used
     */
    Clients(GatewaySettings settings, Optional<Clients> before) {
        before.ifPresent(earlier -> used.putAll(earlier.used));
        settings.clients().forEach(client -> {
            Client.Used own = used.computeIfAbsent(client.name(), name -> new Client.Used());
            known.add(new Known(
                    new ExpectedKey("client " + client.name(), client.key()),
                    new Client(client.name(), client.limits(), own)));
        });
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
                        ApiError.unauthorized("no key: send your key as 'Authorization: Bearer <key>'")));
        Client client = find(shown).orElseThrow(() -> new RequestException(ApiError.unauthorized("unknown key")));
        Connections.showedKey(exchange);
        return client;
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
