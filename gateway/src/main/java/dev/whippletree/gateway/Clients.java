package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Secret;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who may ask, by the keys they show. Thread-safe. */
final class Clients {

    private static final String BEARER = "Bearer ";

    private final List<Known> known = new ArrayList<>();
    private final Client anybody = Client.anybody();

    private record Known(Secret key, Client client) {}

    /**
     * Takes them from the settings.
     *
     * @param before those there were so far: who keeps its name and its limits keeps what it has used of them
     */
    Clients(GatewaySettings settings, Optional<Clients> before) {
        settings.clients()
                .forEach(client -> known.add(new Known(
                        client.key(),
                        before.flatMap(earlier -> earlier.same(client)).orElseGet(() -> Client.of(client)))));
    }

    private Optional<Client> same(GatewaySettings.Client settings) {
        return known.stream()
                .map(Known::client)
                .filter(client -> client.isAs(settings))
                .findFirst();
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
        String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> header.substring(BEARER.length()).trim())
                .orElseThrow(() -> new RequestException(
                        ApiError.unauthorized("a key is needed: send it as 'Authorization: Bearer <key>'")));
        return find(shown).orElseThrow(() -> new RequestException(ApiError.unauthorized("this key isn't known here")));
    }

    /** Compares with every key, each in a time that depends on none of them. */
    private Optional<Client> find(String shown) {
        byte[] digest = digest(shown);
        Client found = null;
        for (Known one : known) {
            if (MessageDigest.isEqual(digest, digest(one.key().reveal()))) {
                found = one.client();
            }
        }
        return Optional.ofNullable(found);
    }

    /** Of equal length whatever the key's is. */
    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
