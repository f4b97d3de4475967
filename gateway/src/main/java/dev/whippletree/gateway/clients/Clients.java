package dev.whippletree.gateway.clients;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a gateway, and who may see its status, by their keys. A key that two have is that of the one who had
 * it first. Thread-safe.
 */
public final class Clients {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private static final String WATCHER = "gateway.watch-key";

    /** Whose key a request shows, by its last reading. */
    private static final AttachmentKey<Known> KNOWN = AttachmentKey.create(Known.class);

    /** The clients' and the watch key. */
    private final List<ExpectedKey> keys = new ArrayList<>();

    private final boolean watched;
    private final AtomicBoolean sharedKeyTold = new AtomicBoolean();
    private final Map<String, Client> byOwner = new LinkedHashMap<>();
    private final Map<String, Client.Used> used = new HashMap<>();
    private final Client anybody = Client.anybody();

    /**
     * Whose key a request shows.
     *
     * @param clients by whose keys; a reload may have replaced them
     * @param holder the key; empty: it is unknown
     */
    private record Known(Clients clients, CompletableFuture<Optional<ExpectedKey>> holder) {}

    /**
     * Creates the clients of a configuration. Reads the keys, and blocks as long as that takes.
     *
     * @param before the clients before a reload: a client with a known name keeps its usage
     */
    Clients(GatewaySettings settings, Timeline timeline, Optional<Clients> before) {
        before.ifPresent(earlier -> used.putAll(earlier.used));
        settings.clients().forEach(client -> {
            Client.Used own = used.computeIfAbsent(client.name(), name -> new Client.Used());
            byOwner.put(owner(client.name()), new Client(client.name(), client.limits(), own));
            keys.add(new ExpectedKey(owner(client.name()), client.key(), timeline));
        });
        this.watched = settings.watchKey().isPresent();
        settings.watchKey().ifPresent(key -> keys.add(new ExpectedKey(WATCHER, key, timeline)));
    }

    /** Returns what a client is called as the owner of a key. */
    private static String owner(String name) {
        return "client " + name;
    }

    public boolean needKeys() {
        return !byOwner.isEmpty();
    }

    /** Returns whether the status is for the watch key alone. */
    boolean needWatchKey() {
        return watched;
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
                : Optional.ofNullable(byOwner.get(owner(tenant)));
    }

    private Client byKey(HttpServerExchange exchange) {
        return holder(exchange, "your key")
                .map(key -> byOwner.get(key.owner()))
                .orElseThrow(() -> new RequestException(ApiError.unauthorized("unknown key")));
    }

    /**
     * Lets a request see the status: one with the watch key; without a watch key, any to a gateway that has no clients.
     * A client's key isn't enough, because the status is the operator's.
     */
    public void admitWatcher(HttpServerExchange exchange) {
        if (watched) {
            if (holder(exchange, WATCHER)
                    .filter(key -> key.owner().equals(WATCHER))
                    .isEmpty()) {
                throw new RequestException(ApiError.unauthorized("wrong key: it isn't gateway.watch-key"));
            }
        } else if (needKeys()) {
            throw new RequestException(ApiError.forbidden(
                    "the status is closed: the configuration has clients, but no gateway.watch-key; set one"));
        }
    }

    public List<Map<String, Object>> json(long now) {
        return byOwner.values().stream().map(client -> client.json(now)).toList();
    }

    /**
     * Returns the key that a request shows, as last read.
     *
     * @throws RequestException if it shows none, or two different ones
     */
    private Optional<ExpectedKey> holder(HttpServerExchange exchange, String what) {
        Known known = exchange.getAttachment(KNOWN);
        return known != null && known.clients == this ? known.holder.join() : holder(ShownKey.require(exchange, what));
    }

    /** Compares with every key, even after a match. */
    private Optional<ExpectedKey> holder(ShownKey shown) {
        List<ExpectedKey> found = keys.stream()
                .filter(key -> key.is(shown))
                .sorted(Comparator.comparingLong(ExpectedKey::change))
                .toList();
        if (found.size() > 1 && sharedKeyTold.compareAndSet(false, true)) {
            LOG.warn(
                    "The key of {} is now that of {} too, so the gateway rejects it for the latter; give each its own key",
                    found.get(0).owner(),
                    found.get(1).owner());
        }
        return found.stream().findFirst();
    }

    /**
     * Reads the key that a request shows again, or all keys if the shown one is unknown. Doesn't block.
     *
     * @return ends when its owner is known, on any thread
     */
    CompletableFuture<?> readKeyOf(HttpServerExchange exchange) {
        Optional<ShownKey> shown = keys.isEmpty() ? Optional.empty() : ShownKey.of(exchange);
        if (shown.isEmpty()) {
            return CompletableFuture.allOf();
        }
        CompletableFuture<Optional<ExpectedKey>> holder = read(shown.get());
        exchange.putAttachment(KNOWN, new Known(this, holder));
        return holder;
    }

    private CompletableFuture<Optional<ExpectedKey>> read(ShownKey shown) {
        Optional<ExpectedKey> holder = holder(shown);
        return holder.map(key -> key.read()
                        .thenCompose(
                                read -> key.is(shown) ? CompletableFuture.completedFuture(holder) : readAll(shown)))
                .orElseGet(() -> readAll(shown));
    }

    private CompletableFuture<Optional<ExpectedKey>> readAll(ShownKey shown) {
        return CompletableFuture.allOf(keys.stream().map(ExpectedKey::read).toArray(CompletableFuture[]::new))
                .thenApply(read -> holder(shown));
    }
}
