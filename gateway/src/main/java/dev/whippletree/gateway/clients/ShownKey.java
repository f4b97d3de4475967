package dev.whippletree.gateway.clients;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The key that a request sent, or has to send. Immutable; keeps only a digest. */
final class ShownKey {

    private static final String BEARER = "Bearer ";

    private final byte[] digest;

    /** Takes the key itself. */
    ShownKey(String shown) {
        this.digest = digest(shown);
    }

    /** Returns the key that a request shows, if it shows one. */
    static Optional<ShownKey> of(HttpServerExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> new ShownKey(header.substring(BEARER.length()).trim()));
    }

    /** Returns whether it is this one, in a time that depends on neither. */
    boolean is(ShownKey other) {
        return MessageDigest.isEqual(digest, other.digest);
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
