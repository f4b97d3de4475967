package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real cluster of three masters and three replicas: masters die and hang, slots move and are served by nobody, and
 * what isn't concerned goes on.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Map<String, String> SETTINGS =
            Map.of("password", RealCluster.PASSWORD, "command-timeout", "5s");

    /** The shards of limits that stay, and of those that are in trouble; the processes' own is between them. */
    private static final int SPARED = 0;

    private static final int HIT = 2;

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(SETTINGS);

    private RealCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        cluster = RealCluster.started(folder, RealCluster.SHARDS);
    }

    @AfterEach
    void recover() {
        cluster.awaitHealthy();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /** Returns one of a limit's uses. */
    private static LimitUse one(int shard, String name, long amount) {
        return RealCluster.one(shard, name, amount);
    }

    /** Returns what is dated of a limit. */
    private long used(LimitUse use) {
        return cluster.number(RealCluster.key(use), "s");
    }

    /** Returns whether a shard's limits are counted in Redis. */
    private boolean isInStep(CoordinatedProcess process, int shard) {
        long before = process.status().alone();
        if (!(process.reserve(one(shard, "probe", 1_000_000)) instanceof Grant.Granted granted)) {
            return false;
        }
        process.release(granted.id());
        return process.status().alone() == before && process.problem().isEmpty();
    }

    private void awaitInStep(List<CoordinatedProcess> all, int shard) {
        all.forEach(process -> await().atMost(LONGEST_WAIT).until(() -> isInStep(process, shard)));
    }

    private List<CoordinatedProcess> open(int count) {
        List<CoordinatedProcess> all = processes.open(cluster.uri(), count);
        for (int shard = 0; shard < RealCluster.SHARDS; shard++) {
            awaitInStep(all, shard);
        }
        return all;
    }

    private static long alone(List<CoordinatedProcess> all) {
        return all.stream().mapToLong(process -> process.status().alone()).sum();
    }

    private static long useAll(List<CoordinatedProcess> all, LimitUse use) {
        return all.stream().mapToLong(process -> process.useAll(use)).sum();
    }

    @Test
    void limitsClaimsClosuresAndAnswers_areSharedOnAllShards() {
        List<CoordinatedProcess> two = open(2);
        for (int shard = 0; shard < RealCluster.SHARDS; shard++) {
            LimitUse use = one(shard, "shared", 10);
            for (int n = 0; n < 4; n++) {
                two.get(0).use(use);
            }
            assertThat(two.get(1).reserveAll(use)).as("shard %d", shard).hasSize(6);
            await().untilAsserted(() -> assertThat(used(use)).isEqualTo(4));
        }
        for (int n = 0; n < 20; n++) {
            CacheKey question = Samples.key("t", "question " + n);
            Claim.Ours ours = (Claim.Ours) two.get(0).claim(question);
            assertThat(ours.agreed()).isTrue();
            Claim.Others others = (Claim.Others) two.get(1).claim(question);
            ours.end().run();
            assertThat(others.ended()).succeedsWithin(LONGEST_WAIT);
        }
        List<ScopeClosing> heard = two.get(1).hear();
        two.get(0).coordination().closed(new ScopeClosing(Scope.of("a"), Duration.ofMinutes(1), true, "quota"));
        await().until(() -> heard.size() == 1);
        two.get(0).coordination().reopened(Scope.of("a"));
        await().until(heard::isEmpty);

        assertThat(alone(two)).isZero();
        assertThat(two).allSatisfy(process -> assertThat(process.problem()).isEmpty());
    }

    /** With what the page says of a cluster beside it, on each node. */
    @Test
    void documentedRights_areEnoughInAClusterToo() throws IOException {
        String line = Files.readString(Path.of("../docs/redis.md"))
                .lines()
                .filter(text -> text.startsWith("ACL SETUSER"))
                .findFirst()
                .orElseThrow();
        String more = "+asking +cluster|nodes";
        assertThat(Files.readString(Path.of("../docs/redis.md"))).contains("needs `" + more + "` as well");
        List<String> words = List.of((line.replace("PASSWORD", RealCluster.PASSWORD) + " " + more).split(" "));
        cluster.acl(words.subList(1, words.size()));
        LimitUse use = one(SPARED, "of a user", 10);

        CoordinatedProcess process = processes.open(cluster.uri(), Map.of("username", "whippletree"));
        for (int shard = 0; shard < RealCluster.SHARDS; shard++) {
            awaitInStep(List.of(process), shard);
        }
        assertThat(process.useAll(use)).isEqualTo(10);
        assertThat(((Claim.Ours) process.claim(Samples.key("t", "of a user"))).agreed())
                .isTrue();
        assertThat(process.status().alone()).isZero();
        assertThat(process.problem()).isEmpty();
    }

    @Test
    void answers_areOnAllNodes_andAreClearedOnAll() {
        try (CachingProcess cache = new CachingProcess(cluster.uri(), SETTINGS)) {
            for (int n = 0; n < 100; n++) {
                CacheKey key = Samples.key("t", "answer " + n);
                cache.put(key);
                assertThat(cache.isStored(key)).isTrue();
            }
            assertThat(cluster.nodes().subList(0, RealCluster.SHARDS))
                    .allSatisfy(
                            node -> assertThat(cluster.<List<String>>at(node, redis -> redis.keys("whippletree:v1:*")))
                                    .isNotEmpty());

            assertThat(cache.store()
                            .clear(Optional.empty())
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(100);
            assertThat(cache.isStored(Samples.key("t", "answer 1"))).isFalse();
        }
    }

    /** Waits until a replica has all that its master has: a write of this client comes after all others. */
    private void awaitReplicated(LimitUse use) {
        RealCluster.Node master = cluster.masterOf(RealCluster.key(use));
        String key = new String(RealCluster.key(use), US_ASCII);
        await().until(() -> cluster.at(master, redis -> {
                    redis.pexpire(key, HOUR.plusHours(1).toMillis());
                    return redis.waitForReplication(1, 1_000);
                })
                == 1);
    }

    @Test
    void masterIsKilled_itsReplicaGoesOn_andNoLimitOfAnotherShardIsCountedAlone() throws Exception {
        List<CoordinatedProcess> two = openImpatient();
        LimitUse hit = one(HIT, "killed", 100);
        LimitUse spared = one(SPARED, "spared", 100_000);
        for (int n = 0; n < 30; n++) {
            two.get(n % 2).use(hit);
        }
        await().untilAsserted(() -> assertThat(used(hit)).isEqualTo(30));
        awaitReplicated(hit);
        RealCluster.Node master = cluster.masterOf(RealCluster.key(hit));
        RealCluster.Node replica = cluster.replicaOf(master);

        // However slow this machine is, the first uses come before the failover.
        cluster.freeze(replica);
        cluster.kill(master);
        try {
            long meanwhile = 0;
            long elsewhere = 0;
            do {
                meanwhile += useAll(two, hit);
                two.forEach(process -> process.use(spared));
                elsewhere += two.size();
                cluster.resume(replica);
            } while (!cluster.isServed(SlotHash.getSlot(RealCluster.key(hit))));
            assertThat(alone(two)).as("only where the master is missing").isBetween(1L, meanwhile);
            awaitInStep(two, HIT);
            long after = useAll(two, hit);
            assertThat(30 + meanwhile + after).isEqualTo(100);
            await().untilAsserted(() -> assertThat(used(hit)).isEqualTo(100));
            long everything = elsewhere;
            await().untilAsserted(() -> assertThat(used(spared)).isEqualTo(everything));
        } finally {
            cluster.resume(replica);
            cluster.start(master);
        }
    }

    /** No connection breaks. The others, and the processes, hear nothing of it. */
    @Test
    void masterHangs_itsReplicaGoesOn_andNothingNeedsARestart() throws Exception {
        List<CoordinatedProcess> two = openImpatient();
        LimitUse hit = one(HIT, "frozen", 100);
        two.forEach(process -> process.use(hit));
        awaitReplicated(hit);
        RealCluster.Node master = cluster.masterOf(RealCluster.key(hit));

        cluster.freeze(master);
        try {
            await().atMost(LONGEST_WAIT).until(() -> cluster.isServed(SlotHash.getSlot(RealCluster.key(hit))));
            awaitInStep(two, HIT);
            awaitInStep(two, SPARED);
            assertThat(useAll(two, hit)).isEqualTo(98);
        } finally {
            cluster.resume(master);
        }
    }

    /** Returns two that don't wait for a master which is away until there is another. */
    private List<CoordinatedProcess> openImpatient() {
        Map<String, String> settings = Map.of("password", RealCluster.PASSWORD, "command-timeout", "1s");
        List<CoordinatedProcess> two =
                List.of(processes.open(cluster.uri(), settings), processes.open(cluster.uri(), settings));
        processes.awaitCount(2);
        awaitInStep(two, HIT);
        awaitInStep(two, SPARED);
        return two;
    }

    @Test
    void slotThatMoves_isFollowed_andWaitedForWhileItsKeysAreInTwoPlaces() {
        List<CoordinatedProcess> two = open(2);
        LimitUse moved = one(HIT, "moved", 100);
        LimitUse later = one(HIT, "moved later", 100);
        two.forEach(process -> process.use(moved));
        await().untilAsserted(() -> assertThat(used(moved)).isEqualTo(2));
        int slot = SlotHash.getSlot(RealCluster.key(moved));
        RealCluster.Node from = cluster.masterOf(RealCluster.key(moved));
        RealCluster.Node to = cluster.anotherMaster(from);

        cluster.beginMove(slot, from, to);
        CompletableFuture<Grant> waits = two.get(1)
                .coordination()
                .reserve(List.of(later), CoordinatedProcess.TURN)
                .toCompletableFuture();
        cluster.moveKeys(slot, 1, from, to);
        CompletableFuture<Grant> waitsToo = two.get(0)
                .coordination()
                .reserve(List.of(moved, later), CoordinatedProcess.TURN)
                .toCompletableFuture();
        while (cluster.moveKeys(slot, 100, from, to) > 0) {
            // More may have come.
        }
        cluster.endMove(slot, to);

        assertThat(waits).succeedsWithin(LONGEST_WAIT).isInstanceOf(Grant.Granted.class);
        assertThat(waitsToo).succeedsWithin(LONGEST_WAIT).isInstanceOf(Grant.Granted.class);
        two.forEach(process -> process.use(moved));
        await().untilAsserted(() -> assertThat(used(moved)).isEqualTo(4));
        assertThat(cluster.masterOf(RealCluster.key(moved))).isSameAs(to);
        assertThat(alone(two)).isZero();
        assertThat(two).allSatisfy(process -> assertThat(process.problem()).isEmpty());

        cluster.beginMove(slot, to, from);
        while (cluster.moveKeys(slot, 100, to, from) > 0) {
            // More may have come.
        }
        cluster.endMove(slot, from);
        two.forEach(process -> process.use(moved));
        await().untilAsserted(() -> assertThat(used(moved)).isEqualTo(6));
    }

    @Test
    void slotThatNobodyServes_isSaid_andOthersGoOn() {
        CoordinatedProcess process = open(1).get(0);
        LimitUse lost = one(HIT, "lost", 100);
        int slot = SlotHash.getSlot(RealCluster.key(lost));
        RealCluster.Node master = cluster.masterOf(RealCluster.key(lost));

        cluster.abandon(slot);
        try {
            assertThat(process.reserve(lost)).isNotNull();
            await().untilAsserted(() -> assertThat(process.status().problem())
                    .get()
                    .asString()
                    .contains("a shard of Redis at cluster", "for limits of ", "all 16,384 slots"));
            assertThat(process.status().connected()).isFalse();
            CoordinatedProcess another = processes.open(cluster.uri());
            await().untilAsserted(() -> assertThat(another.status().problem())
                    .get()
                    .asString()
                    .contains("serves 1 of all 16,384 slots", "redis-cli --cluster check"));
            long before = cluster.topologiesRead();
            for (int n = 0; n < 200; n++) {
                assertThat(another.status().problem()).isPresent();
            }
            assertThat(cluster.topologiesRead() - before)
                    .as("once a second at most, however often it is looked at")
                    .isLessThan(200);
            assertThat(isCounted(process, one(SPARED, "counted", 100_000))).isTrue();
        } finally {
            cluster.serve(slot, master);
        }
        awaitInStep(processes.all(), HIT);
    }

    /** A server alone is asked there for processes of an earlier version, with each beat. */
    @Test
    void slotThatNoBeatNeeds_endsNoContact_whenNobodyServesIt() {
        byte[] key = new RedisKeys("whippletree").processesOfVersion1();
        int slot = SlotHash.getSlot(key);
        RealCluster.Node master = cluster.masterOf(key);
        cluster.abandon(slot);
        try {
            CoordinatedProcess process = processes.open(cluster.uri());
            await().atMost(LONGEST_WAIT).until(() -> process.status().connected());
            assertThat(isCounted(process, one(HIT, "counted too", 100_000))).isTrue();
        } finally {
            cluster.serve(slot, master);
        }
        awaitInStep(processes.all(), HIT);
    }

    private static boolean isCounted(CoordinatedProcess process, LimitUse use) {
        long before = process.status().alone();
        process.use(use);
        return process.status().alone() == before;
    }

    @Test
    void nodeThatIsTakenForAServerAlone_isSaid_alsoByTheCache() {
        String uri = cluster.nodes().get(0).plainUri();
        CoordinatedProcess process = processes.open(uri);
        await().untilAsserted(() -> assertThat(process.status().problem())
                .get()
                .asString()
                .contains("CROSSSLOT", "it is a node of a cluster: uri begins with redis-cluster://"));
        assertThat(process.status().connected()).isFalse();

        try (CachingProcess cache = new CachingProcess(uri, SETTINGS)) {
            for (int n = 0; n < 50; n++) {
                cache.fault(Samples.key("t", "question " + n));
            }
            assertThat(cache.store().remarks())
                    .singleElement()
                    .asString()
                    .contains("has only a part of the keys", "redis-cluster://");
        }
    }
}
