package dev.whippletree.config;

import dev.whippletree.model.DurationText;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.TenantWeights;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of a gateway in front of a Whippletree: its address, its clients and their rights. Immutable.
 *
 * @param host the address it listens on; a loopback address unless there are clients with keys
 * @param port the port, 0 to 65535; 0: any free port
 * @param clients the clients; empty: every program that reaches the gateway may ask, all as one tenant
 * @param watchKey the key to see the status; absent: without clients, every program that reaches the gateway sees it;
 *     with clients, none does
 * @param bounds the bounds on what it accepts
 * @param showAccounts whether clients see which accounts there are and which one answered; without clients, all
 *     programs see it
 * @param finishAbandoned whether a call continues after its client has left, for callers who ask the same again
 * @param batches where it keeps files and batches, and how many; absent: it takes none
 * @param trace the folder in which the gateway keeps a trace of its prompts, without their text; absent: it keeps none
 */
public record GatewaySettings(
        String host,
        int port,
        List<Client> clients,
        Optional<Secret> watchKey,
        Bounds bounds,
        boolean showAccounts,
        boolean finishAbandoned,
        Optional<Batches> batches,
        Optional<Path> trace) {

    /**
     * Listens on a loopback address, port 8080, without keys, with the default bounds. Clients don't see accounts,
     * calls continue after their clients have left, and there are neither batches nor a trace.
     */
    public static final GatewaySettings DEFAULT = new GatewaySettings(
            "127.0.0.1",
            8080,
            List.of(),
            Optional.empty(),
            Bounds.DEFAULT,
            false,
            true,
            Optional.empty(),
            Optional.empty());

    static final int HIGHEST_PORT = 65_535;

    /**
     * Checks ranges, and that programs on other machines need a key.
     *
     * @throws IllegalArgumentException with the problem
     */
    public GatewaySettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(watchKey, "watchKey");
        Objects.requireNonNull(bounds, "bounds");
        Objects.requireNonNull(batches, "batches");
        Objects.requireNonNull(trace, "trace");
        clients = List.copyOf(clients);
        Bounds.check(port >= 0 && port <= HIGHEST_PORT, "a port is 0 to 65535, not " + port);
        Bounds.check(
                !clients.isEmpty() || isLoopback(host),
                "on " + host + " everyone who can reach this machine could use the accounts: add clients with keys,"
                        + " or listen on 127.0.0.1");
        long names = clients.stream().map(Client::name).distinct().count();
        Bounds.check(names == clients.size(), "two clients have the same name; give each its own name");
    }

    /** Returns the same on another address. */
    public GatewaySettings withHost(String other) {
        return new GatewaySettings(
                other, port, clients, watchKey, bounds, showAccounts, finishAbandoned, batches, trace);
    }

    /** Returns the same on another port. */
    public GatewaySettings withPort(int other) {
        return new GatewaySettings(
                host, other, clients, watchKey, bounds, showAccounts, finishAbandoned, batches, trace);
    }

    /**
     * Returns the same settings with other clients.
     *
     * @param others the clients
     * @param key the key to see the status
     */
    public GatewaySettings withClients(List<Client> others, Optional<Secret> key) {
        return new GatewaySettings(host, port, others, key, bounds, showAccounts, finishAbandoned, batches, trace);
    }

    /** Returns the same with other bounds. */
    public GatewaySettings withBounds(Bounds others) {
        return new GatewaySettings(
                host, port, clients, watchKey, others, showAccounts, finishAbandoned, batches, trace);
    }

    /** Returns the same settings, with accounts shown to clients or not. */
    public GatewaySettings withShowAccounts(boolean shown) {
        return new GatewaySettings(host, port, clients, watchKey, bounds, shown, finishAbandoned, batches, trace);
    }

    /** Returns the same settings, with calls continuing after their clients have left, or not. */
    public GatewaySettings withFinishAbandoned(boolean finished) {
        return new GatewaySettings(host, port, clients, watchKey, bounds, showAccounts, finished, batches, trace);
    }

    /** Returns the same settings, with files and batches. */
    public GatewaySettings withBatches(Batches kept) {
        return new GatewaySettings(
                host, port, clients, watchKey, bounds, showAccounts, finishAbandoned, Optional.of(kept), trace);
    }

    /** Returns the same settings, with a trace in a folder. */
    public GatewaySettings withTrace(Path folder) {
        return new GatewaySettings(
                host, port, clients, watchKey, bounds, showAccounts, finishAbandoned, batches, Optional.of(folder));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("unknown host '" + host + "'", e);
        }
    }

    /**
     * Where a gateway keeps files and batches, and what a client may have of them. Immutable.
     *
     * @param folder where; several gateways may share it
     * @param keep how long a file is kept, and a batch that has ended; 1 minute or more
     * @param mostFileBytes the largest file that is taken, 1 or more
     * @param mostBytes how much all files of a client may have, outputs among them, before no more are taken; 1 or more
     * @param mostFiles the most files of a client, outputs among them, 1 or more
     * @param mostLines the most lines of all batches together that a client has under way, 1 or more
     * @param mostOpen the most batches that a client has under way, 1 or more
     * @param refuseLate whether a batch fails before its first call if its calls certainly take longer than its window
     */
    public record Batches(
            Path folder,
            Duration keep,
            long mostFileBytes,
            long mostBytes,
            int mostFiles,
            int mostLines,
            int mostOpen,
            boolean refuseLate) {

        private static final long GIGABYTE = 1L << 30;

        /** Checks ranges. */
        public Batches {
            Objects.requireNonNull(folder, "folder");
            Bounds.check(
                    keep.compareTo(Duration.ofMinutes(1)) >= 0,
                    "files must be kept for 1 minute or more, not " + DurationText.of(keep));
            Bounds.check(
                    mostFileBytes >= 1 && mostBytes >= 1 && mostFiles >= 1 && mostLines >= 1 && mostOpen >= 1,
                    "each bound of batches must be 1 or more");
        }

        /**
         * Returns the defaults: kept for 7 days; 1 GB a file; and for each client 10 GB, 1,000 files, and 2,000,000
         * lines in 20 batches under way. Late batches are asked.
         */
        public static Batches in(Path folder) {
            return new Batches(folder, Duration.ofDays(7), GIGABYTE, 10 * GIGABYTE, 1_000, 2_000_000, 20, false);
        }

        /** Returns the same in another folder. */
        public Batches withFolder(Path other) {
            return new Batches(other, keep, mostFileBytes, mostBytes, mostFiles, mostLines, mostOpen, refuseLate);
        }
    }

    /**
     * The bounds on what a gateway accepts, and for how long. Immutable.
     *
     * @param mostBodyBytes the largest request it reads, 1 or more
     * @param mostConnections the most connections open at once, 1 or more
     * @param clientTimeout how long a client may take to send a request's head, to send its body, and to read the
     *     response, before the gateway cuts it off; 1 millisecond to 1 hour
     * @param idleTimeout how long a connection may be without a request before it is closed; 1 millisecond to 1 day
     * @param memoryBytes the most memory that all requests under way may take together, by the gateway's estimate; 1 or
     *     more
     * @param deadline how long a request waits for its answer, or for the first piece of a stream, if neither the
     *     request nor its route says; 1 millisecond to 7 days
     * @param mostEmbeddingInputs the most texts of a request to embed, 1 or more
     */
    public record Bounds(
            int mostBodyBytes,
            int mostConnections,
            Duration clientTimeout,
            Duration idleTimeout,
            long memoryBytes,
            Duration deadline,
            int mostEmbeddingInputs) {

        private static final int USUAL_MEMORY_PERCENT = 25;
        private static final int HUNDRED = 100;

        /**
         * 20 MB (a few images), 10,000 connections, 30 seconds (longer than any useful network takes), 120 seconds idle
         * (longer than clients keep their connections), a quarter of this JVM's largest heap, a deadline of 1 hour,
         * 100,000 texts.
         */
        public static final Bounds DEFAULT = new Bounds(
                20_000_000,
                10_000,
                Duration.ofSeconds(30),
                Duration.ofSeconds(120),
                shareOfHeap(USUAL_MEMORY_PERCENT),
                Duration.ofHours(1),
                100_000);

        /**
         * Checks ranges.
         *
         * @throws IllegalArgumentException saying what is wrong
         */
        public Bounds {
            check(mostBodyBytes >= 1, "the largest request must be 1 byte or more, not " + mostBodyBytes);
            check(mostConnections >= 1, "the number of connections must be 1 or more, not " + mostConnections);
            check(
                    clientTimeout.toMillis() >= 1 && clientTimeout.compareTo(Duration.ofHours(1)) <= 0,
                    "a client's time for a request must be 1 millisecond to 1 hour, not "
                            + DurationText.of(clientTimeout));
            check(
                    idleTimeout.toMillis() >= 1 && idleTimeout.compareTo(Duration.ofDays(1)) <= 0,
                    "the idle time of a connection must be 1 millisecond to 1 day, not "
                            + DurationText.of(idleTimeout));
            check(memoryBytes >= 1, "the memory for requests must be 1 byte or more, not " + memoryBytes);
            check(mostEmbeddingInputs >= 1, "the texts of a request must be 1 or more, not " + mostEmbeddingInputs);
            check(
                    deadline.toMillis() >= 1 && deadline.compareTo(Duration.ofDays(7)) <= 0,
                    "a deadline must be 1 millisecond to 7 days, not " + DurationText.of(deadline));
        }

        /** Not the outer class's, which can't be initialized before these bounds' default. */
        private static void check(boolean right, String otherwise) {
            if (!right) {
                throw new IllegalArgumentException(otherwise);
            }
        }

        /** Returns the same with another size of the largest request. */
        public Bounds withMostBodyBytes(int other) {
            return new Bounds(
                    other, mostConnections, clientTimeout, idleTimeout, memoryBytes, deadline, mostEmbeddingInputs);
        }

        /** Returns the same with another number of connections. */
        public Bounds withMostConnections(int other) {
            return new Bounds(
                    mostBodyBytes, other, clientTimeout, idleTimeout, memoryBytes, deadline, mostEmbeddingInputs);
        }

        /** Returns the same with another timeout of clients. */
        public Bounds withClientTimeout(Duration other) {
            return new Bounds(
                    mostBodyBytes, mostConnections, other, idleTimeout, memoryBytes, deadline, mostEmbeddingInputs);
        }

        /** Returns the same with another timeout of idle connections. */
        public Bounds withIdleTimeout(Duration other) {
            return new Bounds(
                    mostBodyBytes, mostConnections, clientTimeout, other, memoryBytes, deadline, mostEmbeddingInputs);
        }

        /** Returns the same with another amount of memory for requests. */
        public Bounds withMemoryBytes(long other) {
            return new Bounds(
                    mostBodyBytes, mostConnections, clientTimeout, idleTimeout, other, deadline, mostEmbeddingInputs);
        }

        /** Returns the same with another number of texts to embed. */
        public Bounds withMostEmbeddingInputs(int other) {
            return new Bounds(mostBodyBytes, mostConnections, clientTimeout, idleTimeout, memoryBytes, deadline, other);
        }

        /** Returns the same with another deadline. */
        public Bounds withDeadline(Duration other) {
            return new Bounds(
                    mostBodyBytes,
                    mostConnections,
                    clientTimeout,
                    idleTimeout,
                    memoryBytes,
                    other,
                    mostEmbeddingInputs);
        }

        /** Returns why this JVM's heap can't give so much memory to requests, and what to do; empty if it can. */
        public Optional<String> memoryProblem() {
            long heap = Runtime.getRuntime().maxMemory();
            return memoryBytes <= heap
                    ? Optional.empty()
                    : Optional.of(
                            "gateway.memory: " + memoryBytes + " bytes are more than the whole heap of this process ("
                                    + heap + "); lower it, or raise the heap (-Xmx)");
        }

        /** Returns a share of this JVM's largest heap, 1 to 100 percent, in bytes. */
        static long shareOfHeap(int percent) {
            return Math.max(1, Runtime.getRuntime().maxMemory() / HUNDRED * percent);
        }
    }

    /**
     * A client of the gateway; each client is a tenant. Immutable.
     *
     * @param name the tenant's name
     * @param key the key in each of its requests
     * @param limits its own limits; empty: none
     * @param accounts the ids of the accounts that may answer it; empty: all
     * @param routes the names of the routes that it may use; empty: all
     * @param weight its weight relative to other tenants, 1 to {@value TenantWeights#MOST}; absent: by the tenants'
     *     weights
     * @param keepAlive whether the gateway begins a response before the answer is there, rather than be silent for
     *     long; a request may override it
     */
    public record Client(
            String name,
            Secret key,
            List<Limit> limits,
            List<String> accounts,
            List<String> routes,
            Optional<Integer> weight,
            boolean keepAlive) {

        /** Checks that it has a name, and its weight's range. */
        public Client {
            Objects.requireNonNull(key, "key");
            limits = List.copyOf(limits);
            accounts = List.copyOf(accounts);
            routes = List.copyOf(routes);
            Bounds.check(!name.isBlank(), "a client needs a name");
            weight.ifPresent(stated -> Bounds.check(
                    stated >= 1 && stated <= TenantWeights.MOST,
                    "client '" + name + "': a weight is 1 to " + TenantWeights.MOST + ", not " + stated));
        }

        /**
         * Creates a client that may use all routes and accounts, without a weight or {@code keepAlive}.
         */
        public Client(String name, Secret key, List<Limit> limits) {
            this(name, key, limits, List.of(), List.of(), Optional.empty(), false);
        }

        /** Returns the same with {@code keepAlive}. */
        public Client withKeepAlive() {
            return new Client(name, key, limits, accounts, routes, weight, true);
        }

        /** Returns the same with a weight, 1 to {@value TenantWeights#MOST}. */
        public Client withWeight(int stated) {
            return new Client(name, key, limits, accounts, routes, Optional.of(stated), keepAlive);
        }

        /** Returns the same, restricted to some accounts and routes; an empty list: all. */
        public Client within(List<String> someAccounts, List<String> someRoutes) {
            return new Client(name, key, limits, someAccounts, someRoutes, weight, keepAlive);
        }

        /** Returns whether it may use an account. */
        public boolean mayUse(String account) {
            return accounts.isEmpty() || accounts.contains(account);
        }

        /** Returns whether it may use a route. */
        public boolean mayName(String route) {
            return routes.isEmpty() || routes.contains(route);
        }
    }
}
