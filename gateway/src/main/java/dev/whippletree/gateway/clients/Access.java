package dev.whippletree.gateway.clients;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewayCheck;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import io.undertow.util.HttpString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The clients of a gateway, their rights, and who may see the status. A reload replaces it as a whole. Thread-safe.
 *
 * @param rights of each client, by its tenant
 */
public record Access(Map<String, ClientRights> rights, Clients clients, Disclosure disclosure, Instant since) {

    /**
     * What a client may ask, and how it is answered. Immutable.
     *
     * @param keptAlive whether responses begin rather than be silent for long, unless a request says otherwise
     * @param rateLimits the headers of answers that say how much the client may send
     */
    public record ClientRights(ClientModels models, boolean keptAlive, Map<HttpString, Long> rateLimits) {

        private static ClientRights of(
                Optional<GatewaySettings.Client> client, Configuration configuration, Disclosure disclosure) {
            return new ClientRights(
                    new ClientModels(client, configuration, disclosure),
                    client.filter(GatewaySettings.Client::keepAlive).isPresent(),
                    RateLimits.headers(client, configuration, disclosure));
        }
    }

    /**
     * Takes it from a configuration. Reads the keys, which may read files.
     *
     * @param before what held so far: a client that keeps its name keeps what it has used
     * @throws IllegalArgumentException if the settings can't be used with that configuration, or need a key no longer
     *     where one was needed before, saying everything that is wrong
     */
    public static Access of(
            Configuration configuration, GatewaySettings settings, Timeline timeline, Optional<Access> before) {
        List<String> problems = new ArrayList<>(GatewayCheck.problems(settings, configuration));
        before.ifPresent(earlier -> problems.addAll(earlier.opened(settings)));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        Disclosure disclosure = new Disclosure(settings, configuration);
        Map<String, ClientRights> rights = new HashMap<>();
        rights.put(Connections.ANYBODY, ClientRights.of(Optional.empty(), configuration, disclosure));
        settings.clients()
                .forEach(client ->
                        rights.put(client.name(), ClientRights.of(Optional.of(client), configuration, disclosure)));
        Clients clients = new Clients(settings, timeline, before.map(Access::clients));
        return new Access(rights, clients, disclosure, timeline.now());
    }

    /**
     * A file that is cut off by mistake looks like one whose keys were removed on purpose, so a reload never removes
     * all.
     */
    private List<String> opened(GatewaySettings settings) {
        List<String> problems = new ArrayList<>();
        if (clients.needKeys() && settings.clients().isEmpty()) {
            problems.add(
                    "there are no clients any more, so every program that reaches the gateway could use the accounts;"
                            + " to run without keys, restart");
        }
        if (clients.needWatchKey() && settings.watchKey().isEmpty()) {
            problems.add("there is no watch-key any more; to run without one, restart");
        }
        return problems;
    }

    /**
     * Returns a handler that first has the key read again that a request shows. A file may take its time, or all time:
     * no thread of the server waits for one.
     */
    public static HttpHandler readingKeys(Supplier<Access> access, HttpHandler next) {
        HttpHandler answering = Response.answering(next);
        return exchange -> {
            CompletableFuture<?> read = access.get().clients().readKeyOf(exchange);
            if (read.isDone()) {
                next.handleRequest(exchange);
            } else {
                exchange.dispatch(then -> read.thenRun(() -> Response.later(exchange, then)), answering);
            }
        };
    }

    public ClientRights rights(Client client) {
        return Objects.requireNonNull(rights.get(client.tenant()), "one of these clients");
    }
}
