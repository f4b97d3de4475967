package dev.whippletree.config;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a gateway in front of a Whippletree is reached, and by whom. Immutable.
 *
 * @param host the address it listens on; only this machine's own unless there are clients with keys
 * @param port the port, 0 to 65535; 0: any that is free
 * @param clients who may ask; empty: whoever reaches it, and all of them are one tenant
 * @param watchKey what is shown to see how everything stands; absent: where there are no clients, whoever reaches it may see that, and
 *     else nobody
 * @param mostBodyBytes the largest request it reads, 1 or more
 * @param mostConnections how many connections it keeps open at once, 1 or more
 */
public record GatewaySettings(
        String host,
        int port,
        List<Client> clients,
        Optional<Secret> watchKey,
        int mostBodyBytes,
        int mostConnections) {

    /** This machine only, port 8080, no keys, 20 MB (a few images), 10,000 connections. */
    public static final GatewaySettings DEFAULT =
            new GatewaySettings("127.0.0.1", 8080, List.of(), Optional.empty(), 20_000_000, 10_000);

    private static final int HIGHEST_PORT = 65_535;

    /**
     * Checks ranges, and that nobody from elsewhere can ask without a key.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public GatewaySettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(watchKey, "watchKey");
        clients = List.copyOf(clients);
        check(port >= 0 && port <= HIGHEST_PORT, "a port is 0 to 65535, not " + port);
        check(mostBodyBytes >= 1, "the largest request has 1 byte or more, not " + mostBodyBytes);
        check(mostConnections >= 1, "there is 1 connection or more, not " + mostConnections);
        check(
                !clients.isEmpty() || isLoopback(host),
                "on " + host + " everybody who reaches this machine could use the accounts: add clients with keys,"
                        + " or listen on 127.0.0.1");
        long names = clients.stream().map(Client::name).distinct().count();
        check(names == clients.size(), "each client has a name of its own");
    }

    /** Returns the same on another address. */
    public GatewaySettings withHost(String other) {
        return new GatewaySettings(other, port, clients, watchKey, mostBodyBytes, mostConnections);
    }

    /** Returns the same on another port. */
    public GatewaySettings withPort(int other) {
        return new GatewaySettings(host, other, clients, watchKey, mostBodyBytes, mostConnections);
    }

    /**
     * Returns the same for others.
     *
     * @param others who may ask
     * @param key what is shown to see how everything stands
     */
    public GatewaySettings withClients(List<Client> others, Optional<Secret> key) {
        return new GatewaySettings(host, port, others, key, mostBodyBytes, mostConnections);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address is known for the host '" + host + "'", e);
        }
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * Somebody who may ask: a tenant of its own. Immutable.
     *
     * @param name the tenant's name
     * @param key what it shows with each request
     * @param limits how much it may use; empty: as much as there is
     */
    public record Client(String name, Secret key, List<Limit> limits) {

        /** Checks that it has a name. */
        public Client {
            Objects.requireNonNull(key, "key");
            limits = List.copyOf(limits);
            check(!name.isBlank(), "a client has a name");
        }
    }
}
