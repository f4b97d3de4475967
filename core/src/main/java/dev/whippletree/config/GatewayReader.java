package dev.whippletree.config;

import dev.whippletree.config.Section.Element;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads what a configuration file says of the gateway. */
final class GatewayReader {

    private static final GatewaySettings DEFAULT = GatewaySettings.DEFAULT;

    private final TokenReader tokens;

    GatewayReader(Map<String, String> environment) {
        this.tokens = new TokenReader(environment);
    }

    /** Returns what is said; absent if nothing is, or nothing that can be used. */
    Optional<GatewaySettings> read(Section root) {
        return root.section("gateway").filter(Section::isMapping).flatMap(section -> {
            Optional<GatewaySettings> settings = settings(section);
            section.end();
            return settings;
        });
    }

    private Optional<GatewaySettings> settings(Section section) {
        String host = section.text("host").orElse(DEFAULT.host());
        int port = section.integer("port", 0).orElse(DEFAULT.port());
        Optional<GatewaySettings.Bounds> bounds = bounds(section);
        int problems = section.problems().lines().size();
        List<GatewaySettings.Client> clients = clients(section);
        Optional<Secret> watchKey = watchKey(section, clients);
        if (section.problems().lines().size() > problems || bounds.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new GatewaySettings(host, port, clients, watchKey, bounds.get()));
        } catch (IllegalArgumentException e) {
            section.problem("host", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<GatewaySettings.Bounds> bounds(Section section) {
        GatewaySettings.Bounds usual = DEFAULT.bounds();
        int body = section.integer("max-body-bytes", 1).orElse(usual.mostBodyBytes());
        int connections = section.integer("max-connections", 1).orElse(usual.mostConnections());
        Duration patience = section.duration("client-timeout").orElse(usual.clientTimeout());
        Duration idle = section.duration("idle-timeout").orElse(usual.idleTimeout());
        return bounds(section, "client-timeout", () -> usual.withClientTimeout(patience))
                .flatMap(so -> bounds(section, "idle-timeout", () -> so.withIdleTimeout(idle)))
                .map(so -> so.withMostBodyBytes(body).withMostConnections(connections));
    }

    private static Optional<GatewaySettings.Bounds> bounds(
            Section section, String key, Supplier<GatewaySettings.Bounds> bounds) {
        try {
            return Optional.of(bounds.get());
        } catch (IllegalArgumentException e) {
            section.problem(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** One that a client knows as well would show a tenant what is the operator's. */
    private Optional<Secret> watchKey(Section section, List<GatewaySettings.Client> clients) {
        Optional<Secret> key = tokens.read(section, "watch-key");
        key.map(Secret::reveal)
                .ifPresent(revealed -> clients.stream()
                        .filter(client -> client.key().reveal().equals(revealed))
                        .forEach(client -> section.problem(
                                "watch-key", "the client '" + client.name() + "' has this key: take another")));
        return key;
    }

    private List<GatewaySettings.Client> clients(Section section) {
        List<GatewaySettings.Client> clients = new ArrayList<>();
        for (Element element : section.list("clients")) {
            Section below = section.below(element.at(), element.node());
            if (below.isMapping()) {
                client(below).ifPresent(client -> {
                    if (clients.stream().anyMatch(other -> other.name().equals(client.name()))) {
                        below.problem("name", "another client has the name '" + client.name() + "' already");
                    } else {
                        clients.add(client);
                    }
                });
                below.end();
            }
        }
        return clients;
    }

    private Optional<GatewaySettings.Client> client(Section section) {
        Optional<String> name = section.text("name").filter(text -> !text.isBlank());
        Optional<Secret> key = tokens.read(section, "key");
        List<Limit> limits = section.list("limits").stream()
                .flatMap(element -> section.read(element, Limit::parse).stream())
                .toList();
        require(section, "name", name);
        require(section, "key", key);
        return name.isEmpty() || key.isEmpty()
                ? Optional.empty()
                : Optional.of(new GatewaySettings.Client(name.get(), key.get(), limits));
    }

    private static void require(Section section, String key, Optional<?> value) {
        if (value.isEmpty() && !section.isProblem(key)) {
            section.problem(key, "a client needs this key");
        }
    }
}
