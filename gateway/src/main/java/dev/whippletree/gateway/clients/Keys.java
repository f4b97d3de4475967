package dev.whippletree.gateway.clients;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All keys of a gateway: its clients', and the watch key. A key that two have is that of the one who had it first.
 * Thread-safe.
 */
final class Keys {

    static final String WATCHER = "gateway.watch-key";

    private static final Logger LOG = LoggerFactory.getLogger(Keys.class);

    private final List<ExpectedKey> all = new ArrayList<>();
    private final AtomicBoolean sharedKeyTold = new AtomicBoolean();

    /** Reads them. Blocks as long as that takes. */
    Keys(GatewaySettings settings, Timeline timeline) {
        settings.clients().forEach(client -> all.add(new ExpectedKey(client(client.name()), client.key(), timeline)));
        settings.watchKey().ifPresent(key -> all.add(new ExpectedKey(WATCHER, key, timeline)));
    }

    /** Returns what a client is called as the owner of a key. */
    static String client(String name) {
        return "client " + name;
    }

    /** Returns the owner of a request's key, as last read. */
    Optional<String> owner(ShownKey shown) {
        return holder(shown).map(ExpectedKey::owner);
    }

    /** Compares with every key, even after a match. */
    private Optional<ExpectedKey> holder(ShownKey shown) {
        List<ExpectedKey> found = all.stream()
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
    CompletableFuture<Void> readKeyOf(HttpServerExchange exchange) {
        Optional<ShownKey> shown = all.isEmpty() ? Optional.empty() : ShownKey.of(exchange);
        return shown.map(this::read).orElseGet(CompletableFuture::allOf);
    }

    private CompletableFuture<Void> read(ShownKey shown) {
        return holder(shown)
                .map(key -> key.read().thenCompose(read -> key.is(shown) ? CompletableFuture.allOf() : readAll()))
                .orElseGet(this::readAll);
    }

    private CompletableFuture<Void> readAll() {
        return CompletableFuture.allOf(all.stream().map(ExpectedKey::read).toArray(CompletableFuture[]::new));
    }
}
