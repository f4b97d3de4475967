package dev.whippletree.gateway.clients;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.StrictRequests;
import dev.whippletree.state.Sha256;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The key that a request sent, or has to send. Immutable; keeps only a digest. */
final class ShownKey {

    private static final String BEARER = "Bearer ";

    /** Of equal length whatever the key's is. */
    private final byte[] digest;

    ShownKey(String shown) {
        this.digest = Sha256.of(shown);
    }

    /** Returns the key that a request shows, if it shows one; two different ones are none. */
    static Optional<ShownKey> of(HttpServerExchange exchange) {
        List<ShownKey> keys = all(exchange.getRequestHeaders());
        return keys.size() == 2 && !keys.get(0).is(keys.get(1))
                ? Optional.empty()
                : keys.stream().findFirst();
    }

    /**
     * Returns the key that a request shows.
     *
     * @throws RequestException if it shows none, or two different ones
     */
    static ShownKey require(HttpServerExchange exchange, String what) {
        return of(exchange).orElseThrow(() -> new RequestException(ApiError.unauthorized(problem(exchange, what))));
    }

    private static String problem(HttpServerExchange exchange, String what) {
        return all(exchange.getRequestHeaders()).isEmpty()
                ? "no key: send " + what + " as 'Authorization: Bearer <key>' or as 'x-api-key: <key>'"
                : "two different keys, in Authorization and in x-api-key: send " + what + " in one of them (Anthropic's"
                        + " programs send ANTHROPIC_AUTH_TOKEN in the first, ANTHROPIC_API_KEY in the second)";
    }

    private static List<ShownKey> all(HeaderMap headers) {
        Optional<String> bearer = Optional.ofNullable(headers.getFirst(Headers.AUTHORIZATION))
                .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(header -> header.substring(BEARER.length()).trim());
        Optional<String> bare = Optional.ofNullable(headers.getFirst(StrictRequests.API_KEY))
                .map(String::trim)
                .filter(key -> !key.isEmpty());
        return Stream.of(bearer, bare)
                .flatMap(Optional::stream)
                .map(ShownKey::new)
                .toList();
    }

    /** Returns whether it is this one, in a time that depends on neither. */
    boolean is(ShownKey other) {
        return MessageDigest.isEqual(digest, other.digest);
    }
}
