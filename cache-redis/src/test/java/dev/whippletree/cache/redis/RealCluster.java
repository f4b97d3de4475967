package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real cluster of a test's own, of three masters and as many replicas as are wanted. Confined. */
final class RealCluster implements AutoCloseable {

    static final String PASSWORD = "right-secret";
    static final int SHARDS = 3;

    private static final RedisKeys KEYS = new RedisKeys("whippletree");

    private static final Pattern TOPOLOGY = Pattern.compile("cmdstat_cluster(?:\\|nodes)?:calls=(\\d+)");

    private static final Duration LONGEST_CHANGE = Duration.ofSeconds(60);

    private final RedisClient client = RedisClient.create();
    private final List<Node> nodes = new ArrayList<>();

    /** One of its servers, and whether that can be asked. */
    static final class Node {

        private final RedisProcess process;
        private final int busPort;
        private boolean away;

        Node(RedisProcess process, int busPort) {
            this.process = process;
            this.busPort = busPort;
        }

        /** Returns where it is, as if it were a server alone. */
        String plainUri() {
            return process.uri();
        }

        private RedisURI uri() {
            return RedisURI.create("redis://:" + PASSWORD + "@127.0.0.1:" + process.port());
        }
    }

    private RealCluster() {}

    /**
     * Starts one. Blocks until all slots are served and all replicas have caught up.
     *
     * @param folder of its files; each start is empty of data, and knows the other nodes by these
     * @param replicas how many, of one master after the other
     */
    static RealCluster started(Path folder, int replicas) throws IOException {
        RealCluster cluster = new RealCluster();
        try {
            for (int n = 0; n < SHARDS + replicas; n++) {
                cluster.add(folder.resolve("node-" + n));
            }
            cluster.join();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void add(Path folder) throws IOException {
        Files.createDirectories(folder);
        int busPort = RedisProcess.freePort();
        nodes.add(new Node(
                RedisProcess.started(
                        "cluster-enabled yes",
                        "cluster-port " + busPort,
                        "cluster-node-timeout 2000",
                        "cluster-require-full-coverage no",
                        "dir " + folder,
                        "requirepass " + PASSWORD,
                        "masterauth " + PASSWORD,
                        "repl-diskless-sync-delay 0"),
                busPort));
    }

    private void join() {
        for (int n = 0; n < nodes.size(); n++) {
            long epoch = n + 1;
            at(nodes.get(n), redis -> redis.clusterSetConfigEpoch(epoch));
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            int[] slots =
                    IntStream.range(firstSlot(shard), firstSlot(shard + 1)).toArray();
            at(nodes.get(shard), redis -> redis.clusterAddSlots(slots));
        }
        nodes.subList(1, nodes.size()).forEach(this::meet);
        await().atMost(LONGEST_CHANGE).until(() -> nodes.stream().allMatch(this::knowsAll));
        for (int n = SHARDS; n < nodes.size(); n++) {
            String master = id(nodes.get(n % SHARDS));
            at(nodes.get(n), redis -> redis.clusterReplicate(master));
        }
        awaitHealthy();
    }

    /** Tells the bus's port as well, which isn't at its usual distance, since any port may be taken. */
    private void meet(Node node) {
        CommandArgs<String, String> where = new CommandArgs<>(StringCodec.UTF8)
                .add("MEET")
                .add("127.0.0.1")
                .add(node.process.port())
                .add(node.busPort);
        at(nodes.get(0), redis -> redis.dispatch(CommandType.CLUSTER, new StatusOutput<>(StringCodec.UTF8), where));
    }

    private boolean knowsAll(Node node) {
        String view = at(node, RedisCommands::clusterNodes);
        return view.lines().count() == nodes.size() && !view.contains("handshake");
    }

    private static int firstSlot(int shard) {
        return shard * SlotHash.SLOT_COUNT / SHARDS;
    }

    /** Returns a use of a limit, for an hour, of some organization whose limits a shard had in the beginning. */
    static LimitUse one(int shard, String name, long amount) {
        String organization = IntStream.range(0, 1_000)
                .mapToObj(number -> "org-" + number)
                .filter(each -> shardOf(KEYS.state(each)) == shard)
                .findFirst()
                .orElseThrow();
        return new LimitUse(Scope.of(organization), name, Limit.requests(amount, Duration.ofHours(1)), 1);
    }

    /** Returns where a limit is. */
    static byte[] key(LimitUse use) {
        return KEYS.limit(use.scope().organization(), LimitName.of(use));
    }

    /** Returns which shard had a key in the beginning, from 0. */
    static int shardOf(byte[] key) {
        int slot = SlotHash.getSlot(key);
        return IntStream.range(0, SHARDS)
                .filter(shard -> slot < firstSlot(shard + 1))
                .findFirst()
                .orElseThrow();
    }

    /** Returns where it is: two of its masters. */
    String uri() {
        return "redis-cluster://127.0.0.1:" + nodes.get(0).process.port() + ",127.0.0.1:"
                + nodes.get(1).process.port();
    }

    List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** Waits until each node that isn't away serves, and each replica has caught up. */
    void awaitHealthy() {
        await().atMost(LONGEST_CHANGE)
                .ignoreExceptions()
                .until(() -> present().stream().allMatch(this::isHealthy));
    }

    private boolean isHealthy(Node node) {
        String replication = at(node, redis -> redis.info("replication"));
        boolean serves = at(node, RedisCommands::clusterInfo).contains("cluster_state:ok");
        return serves && (replication.contains("role:master") || replication.contains("master_link_status:up"));
    }

    private List<Node> present() {
        return nodes.stream().filter(node -> !node.away).toList();
    }

    /** Returns who serves a key now; waits until somebody does. */
    Node masterOf(byte[] key) {
        int slot = SlotHash.getSlot(key);
        await().atMost(LONGEST_CHANGE).ignoreExceptions().until(() -> isServed(slot));
        return present().stream().filter(node -> serves(node, slot)).findFirst().orElseThrow();
    }

    /** Returns the first that serves any slots and isn't this one. */
    Node anotherMaster(Node one) {
        return present().stream()
                .filter(node -> node != one && own(node).contains("master"))
                .findFirst()
                .orElseThrow();
    }

    Node replicaOf(Node master) {
        String id = id(master);
        return present().stream()
                .filter(node -> own(node).split(" ")[3].equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Returns whether a node that isn't away says that it serves a slot. */
    boolean isServed(int slot) {
        return present().stream().anyMatch(node -> serves(node, slot));
    }

    private boolean serves(Node node, int slot) {
        String line = own(node);
        return line.split(" ")[2].contains("master") && hasSlot(line, slot);
    }

    private static boolean hasSlot(String line, int slot) {
        return Stream.of(line.split(" "))
                .skip(8)
                .filter(word -> !word.startsWith("["))
                .anyMatch(range -> holds(range, slot));
    }

    private static boolean holds(String range, int slot) {
        String[] ends = range.trim().split("-");
        return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
    }

    /** Returns what a node says of itself: id, address, flags and, from the ninth word on, slots. */
    private String own(Node node) {
        return at(node, RedisCommands::clusterNodes)
                .lines()
                .filter(line -> line.contains("myself"))
                .findFirst()
                .orElseThrow();
    }

    private String id(Node node) {
        return at(node, RedisCommands::clusterMyId);
    }

    void kill(Node node) {
        node.away = true;
        node.process.kill();
    }

    /** Starts a node that was killed, without data of its own. */
    void start(Node node) {
        node.process.start();
        node.away = false;
    }

    void freeze(Node node) throws IOException, InterruptedException {
        node.away = true;
        node.process.freeze();
    }

    void resume(Node node) throws IOException, InterruptedException {
        node.process.resume();
        node.away = false;
    }

    /** Begins to move a slot: the next commands about keys that aren't there any more are sent on. */
    void beginMove(int slot, Node from, Node to) {
        at(to, redis -> redis.clusterSetSlotImporting(slot, id(from)));
        at(from, redis -> redis.clusterSetSlotMigrating(slot, id(to)));
    }

    /** Moves some keys of a slot, and returns how many there were. */
    int moveKeys(int slot, int most, Node from, Node to) {
        List<String> keys = at(from, redis -> redis.clusterGetKeysInSlot(slot, most));
        for (String key : keys) {
            CommandArgs<String, String> where = new CommandArgs<>(StringCodec.UTF8)
                    .add("127.0.0.1")
                    .add(to.process.port())
                    .add(key)
                    .add(0)
                    .add(5_000)
                    .add("AUTH")
                    .add(PASSWORD);
            at(from, redis -> redis.dispatch(CommandType.MIGRATE, new StatusOutput<>(StringCodec.UTF8), where));
        }
        return keys.size();
    }

    /** Lets all nodes know whose a slot is now. */
    void endMove(int slot, Node to) {
        String id = id(to);
        at(to, redis -> redis.clusterSetSlotNode(slot, id));
        present().stream()
                .filter(node -> node != to && own(node).contains("master"))
                .forEach(node -> at(node, redis -> redis.clusterSetSlotNode(slot, id)));
    }

    /** Lets nobody serve a slot, as all nodes know. */
    void abandon(int slot) {
        // What was on its way from its master tells a node of it once more.
        await().until(() -> {
            List<Node> knowing =
                    present().stream().filter(node -> knows(node, slot)).toList();
            knowing.forEach(node -> at(node, redis -> redis.clusterDelSlots(slot)));
            return knowing.isEmpty();
        });
    }

    /** Returns whether a node knows of one that serves a slot. */
    private boolean knows(Node node, int slot) {
        return at(node, RedisCommands::clusterNodes).lines().anyMatch(line -> hasSlot(line, slot));
    }

    /** Lets a master serve a slot that nobody serves; the others hear of it. */
    void serve(int slot, Node master) {
        at(master, redis -> redis.clusterAddSlots(slot));
    }

    /** Returns what a node says. */
    <T> T at(Node node, Function<RedisCommands<String, String>, T> question) {
        try (StatefulRedisConnection<String, String> open = client.connect(node.uri())) {
            return question.apply(open.sync());
        }
    }

    /** Returns how often all nodes that aren't away have been asked who serves which slots. */
    long topologiesRead() {
        return present().stream()
                .map(node -> TOPOLOGY.matcher(at(node, redis -> redis.info("commandstats"))))
                .filter(Matcher::find)
                .mapToLong(calls -> Long.parseLong(calls.group(1)))
                .sum();
    }

    /** Gives a user its rights on all nodes: a replica has its own. */
    void acl(List<String> rule) {
        for (Node node : present()) {
            CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8);
            rule.forEach(words::add);
            at(node, redis -> redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), words));
        }
    }

    /** Returns a field of a hash, at the node that serves it; 0 if there is none. */
    long number(byte[] key, String field) {
        String value = at(masterOf(key), redis -> redis.hget(new String(key, US_ASCII), field));
        return value == null ? 0 : Long.parseLong(value);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        nodes.forEach(node -> node.process.close());
    }
}
