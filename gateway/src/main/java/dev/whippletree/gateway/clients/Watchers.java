package dev.whippletree.gateway.clients;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import io.undertow.server.HttpServerExchange;
import java.util.Optional;

/**
 * Decides which requests may see the status: requests with the watch key; without a watch key, all requests to a
 * gateway that has no clients. A client's key isn't enough, because the status is the operator's. Immutable.
 */
public final class Watchers {

    private final boolean open;
    private final boolean keyed;
    private final Keys keys;

    Watchers(GatewaySettings settings, Keys keys) {
        this.keyed = settings.watchKey().isPresent();
        this.open = !keyed && settings.clients().isEmpty();
        this.keys = keys;
    }

    /** Returns whether there is a watch key. */
    boolean needKey() {
        return keyed;
    }

    /**
     * Lets a request pass.
     *
     * @throws RequestException if it may not see that
     */
    public void admit(HttpServerExchange exchange) {
        if (open) {
            return;
        }
        if (!keyed) {
            throw new RequestException(ApiError.forbidden(
                    "the status is closed: the configuration has clients, but no gateway.watch-key; set one"));
        }
        ShownKey shown = ShownKey.require(exchange, "gateway.watch-key");
        if (!keys.owner(shown).equals(Optional.of(Keys.WATCHER))) {
            throw new RequestException(ApiError.unauthorized("wrong key: it isn't gateway.watch-key"));
        }
    }
}
