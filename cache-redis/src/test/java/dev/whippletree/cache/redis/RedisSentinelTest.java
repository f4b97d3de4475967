package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisSentinel;

/**
 * A real master, its replica, and a Sentinel that promotes it: what is shared goes on there, without a restart of ours.
 */
@Tag("slow")
class RedisSentinelTest {

    private static final String PASSWORD = "right-secret";
    private static final Duration MOST_OF_A_FAILOVER = Duration.ofSeconds(30);
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, Duration.ofHours(1));

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(settings());

    private RedisProcess master;
    private RedisProcess replica;
    private RedisSentinel sentinel;
    private String uri;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        master = server();
        replica = server("replicaof 127.0.0.1 " + master.port());
        await().until(() -> at(replica, redis -> redis.info("replication")).contains("master_link_status:up"));
        int port = RedisProcess.freePort();
        Path file = folder.resolve("sentinel.conf");
        Files.writeString(file, """
                bind 127.0.0.1
                dir %s
                sentinel monitor main 127.0.0.1 %d 1
                sentinel auth-pass main %s
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 5000
                """.formatted(folder, master.port(), PASSWORD));
        sentinel =
                RedisSentinel.builder().port(port).configFile(file.toString()).build();
        sentinel.start();
        uri = "redis-sentinel://127.0.0.1:" + port + "/0#main";
        await().ignoreExceptions()
                .until(() -> OtherClient.askSentinel(uri, redis -> redis.replicas("main")).stream()
                        .anyMatch(known -> "ok".equals(known.get("master-link-status"))));
    }

    @AfterEach
    void stop() {
        sentinel.stop();
        replica.close();
        master.close();
    }

    @Test
    void masterIsKilled_andAllGoesOnAtTheReplica() {
        try (CachingProcess cache = new CachingProcess(uri, settings())) {
            List<CoordinatedProcess> two = processes.open(uri, 2);
            cache.put(KEY);
            List<String> inFlight = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                inFlight.add(two.get(i % 2).granted(ONE_OF_100));
            }
            for (int i = 0; i < 20; i++) {
                two.get(i % 2).settle(inFlight.get(i));
            }
            await().untilAsserted(() ->
                    assertThat(used(replica)).isEqualTo(used(master)).containsExactly("20", "10"));

            master.kill();
            long meanwhile = 0;
            while (!isMaster(replica)) {
                meanwhile += useAll(two);
            }
            processes.awaitInStep();
            long after = useAll(two);

            assertThat(30 + meanwhile + after).isEqualTo(100);
            for (int i = 20; i < 30; i++) {
                two.get(i % 2).settle(inFlight.get(i));
            }
            await().untilAsserted(() -> assertThat(used(replica)).containsExactly("100", "0"));
            await().ignoreExceptions().until(() -> cache.isStored(KEY));
            CacheKey another = Samples.key("t", "another");
            cache.put(another);
            assertThat(cache.isStored(another)).isTrue();
        }
    }

    /** No connection breaks, also not the one for notices, on which nothing is asked. */
    @Test
    void masterIsStopped_keepsItsConnectionsOpen_andAllGoesOnAtTheReplica() throws Exception {
        Map<String, String> impatient = Map.of("password", PASSWORD, "command-timeout", "1s");
        try (CachingProcess cache = new CachingProcess(uri, impatient)) {
            CoordinatedProcess one = processes.open(uri, impatient);
            CoordinatedProcess two = processes.open(uri, impatient);
            processes.awaitInStep();
            await().ignoreExceptions().untilAsserted(() -> cache.put(KEY));
            await().until(() -> keys(replica) == keys(master));
            List<ScopeClosing> heard = two.hear();

            master.freeze();

            await().atMost(MOST_OF_A_FAILOVER).until(() -> isMaster(replica));
            processes.awaitInStep();
            await().ignoreExceptions().until(() -> cache.isStored(KEY));
            await().atMost(MOST_OF_A_FAILOVER).until(() -> subscribers(replica) == 2);
            one.coordination().closed(new ScopeClosing(CoordinatedProcess.SCOPE, Duration.ofMinutes(1), true, "quota"));
            await().until(() -> heard.size() == 1);
        }
    }

    private static int subscribers(RedisProcess where) {
        return at(where, redis -> redis.pubsubNumsub("whippletree:v2:notices"))
                .getOrDefault("whippletree:v2:notices", 0L)
                .intValue();
    }

    /** The Sentinel breaks all connections to a server when it changes its role. */
    private static boolean isMaster(RedisProcess where) {
        try {
            return at(where, redis -> redis.info("replication")).contains("role:master");
        } catch (RedisException e) {
            return false;
        }
    }

    private static long useAll(List<CoordinatedProcess> all) {
        return all.stream().mapToLong(process -> process.useAll(ONE_OF_100)).sum();
    }

    /** Returns what is dated, and what is in flight. */
    private static List<String> used(RedisProcess where) {
        byte[] key = new RedisKeys("whippletree").limit(ONE_OF_100.scope().organization(), LimitName.of(ONE_OF_100));
        return at(
                where,
                redis -> redis.hmget(new String(key, US_ASCII), "s", "h").stream()
                        .map(value -> value.getValueOrElse("0"))
                        .toList());
    }

    private static Map<String, String> settings() {
        return Map.of("password", PASSWORD, "command-timeout", "5s");
    }

    private static RedisProcess server(String... more) throws IOException {
        List<String> settings = new ArrayList<>(
                List.of("requirepass " + PASSWORD, "masterauth " + PASSWORD, "repl-diskless-sync-delay 0"));
        settings.addAll(List.of(more));
        return RedisProcess.started(settings.toArray(String[]::new));
    }

    private static long keys(RedisProcess where) {
        return at(where, RedisCommands::dbsize);
    }

    private static <T> T at(RedisProcess where, Function<RedisCommands<String, String>, T> use) {
        return OtherClient.ask("redis://:" + PASSWORD + "@127.0.0.1:" + where.port(), use);
    }
}
