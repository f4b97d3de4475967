package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes that work without a pause while masters die and slots move. It prints what decision 056 says of a
 * failover: how long prompts wait, and by how much a limit is exceeded.
 */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisFailoverTest {

    private static final Duration BETWEEN_CALLS = Duration.ofMillis(5);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int SPARED = 0;
    private static final int HIT = 2;

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(Map.of("password", RealCluster.PASSWORD));

    private RealCluster cluster;
    private int limits;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        cluster = RealCluster.started(folder, RealCluster.SHARDS);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /** Calls of one process about one limit, one after the other, as long as they last. */
    private static final class Work {

        private final CoordinatedProcess process;
        private final LimitUse use;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong granted = new AtomicLong();
        private final AtomicLong longestNanos = new AtomicLong();
        private volatile long lastNanos;

        Work(CoordinatedProcess process, LimitUse use) {
            this.process = process;
            this.use = use;
            lastNanos = process.services().nanoTime();
            next();
        }

        private void next() {
            process.coordination()
                    .reserve(List.of(use), CoordinatedProcess.TURN)
                    .thenAccept(this::answered);
        }

        private void answered(Grant grant) {
            if (grant instanceof Grant.Granted given) {
                long now = process.services().nanoTime();
                longestNanos.accumulateAndGet(now - lastNanos, Math::max);
                lastNanos = now;
                granted.incrementAndGet();
                process.settle(given.id());
            }
            if (!over.get()) {
                process.services().schedule(BETWEEN_CALLS, this::next);
            }
        }
    }

    /** Returns one of a limit's uses; nobody has used that limit before. */
    private LimitUse one(int shard, long amount) {
        limits++;
        return one(shard, "limit " + limits, amount);
    }

    private static LimitUse one(int shard, String name, long amount) {
        return RealCluster.one(shard, name, amount);
    }

    private List<CoordinatedProcess> openTwo() {
        List<CoordinatedProcess> two = processes.open(cluster.uri(), 2);
        await().atMost(LONGEST_WAIT).until(() -> two.stream().allMatch(process -> isCounted(process, HIT)));
        await().atMost(LONGEST_WAIT).until(() -> two.stream().allMatch(process -> isCounted(process, SPARED)));
        return two;
    }

    private static boolean isCounted(CoordinatedProcess process, int shard) {
        long before = process.status().alone();
        if (!(process.reserve(one(shard, "probe", 1_000_000)) instanceof Grant.Granted granted)) {
            return false;
        }
        process.release(granted.id());
        return process.status().alone() == before && process.problem().isEmpty();
    }

    private static List<Work> begin(List<CoordinatedProcess> two, LimitUse use) {
        return two.stream().map(process -> new Work(process, use)).toList();
    }

    private static void end(List<Work> all) {
        all.forEach(work -> work.over.set(true));
    }

    private static long granted(List<Work> all) {
        return all.stream().mapToLong(work -> work.granted.get()).sum();
    }

    private static long longestMillis(List<Work> all) {
        return all.stream().mapToLong(work -> work.longestNanos.get()).max().orElseThrow() / 1_000_000;
    }

    @RepeatedTest(5)
    void masterIsKilledUnderLoad_itsLimitsAreKeptByShares_andOthersAreCounted() {
        List<CoordinatedProcess> two = openTwo();
        List<Work> hit = begin(two, one(HIT, 1_000_000));
        List<Work> spared = begin(two, one(SPARED, 1_000_000));
        await().until(() -> granted(hit) > 200);
        long aloneBefore = alone(two);
        long pauseBefore = Math.max(longestMillis(hit), longestMillis(spared));
        Stream.concat(hit.stream(), spared.stream()).forEach(work -> work.longestNanos.set(0));
        RealCluster.Node master = cluster.masterOf(RealCluster.key(hit.get(0).use));

        long killedNanos = two.get(0).services().nanoTime();
        cluster.kill(master);
        try {
            int slot = SlotHash.getSlot(RealCluster.key(hit.get(0).use));
            await().atMost(LONGEST_WAIT).until(() -> cluster.isServed(slot));
            long servedNanos = two.get(0).services().nanoTime();
            await().atMost(LONGEST_WAIT).until(() -> two.stream().allMatch(process -> isCounted(process, HIT)));
            long sharedNanos = two.get(0).services().nanoTime();
            end(hit);
            end(spared);
            System.out.printf(
                    "killed: a replica serves after %d ms, limits are shared again after %d ms;"
                            + " longest pause between grants: %d ms there, %d ms elsewhere, %d ms before;"
                            + " granted alone: %d%n",
                    (servedNanos - killedNanos) / 1_000_000,
                    (sharedNanos - killedNanos) / 1_000_000,
                    longestMillis(hit),
                    longestMillis(spared),
                    pauseBefore,
                    alone(two) - aloneBefore);
            assertThat(alone(two)).isGreaterThan(aloneBefore);
            await().untilAsserted(() -> assertThat(cluster.number(RealCluster.key(spared.get(0).use), "s"))
                    .isEqualTo(granted(spared)));
        } finally {
            cluster.start(master);
            cluster.awaitHealthy();
        }
    }

    private static long alone(List<CoordinatedProcess> all) {
        return all.stream().mapToLong(process -> process.status().alone()).sum();
    }

    /** The replica hears nothing more, as if the network had failed between the two, and then takes over. */
    @RepeatedTest(3)
    void replicaThatLagsBehind_isToldWhatItLacks_andTheLimitHolds() {
        List<CoordinatedProcess> two = openTwo();
        long amount = 20_000;
        LimitUse use = one(HIT, amount);
        List<Work> all = begin(two, use);
        await().until(() -> granted(all) > 200);
        RealCluster.Node master = cluster.masterOf(RealCluster.key(use));
        RealCluster.Node replica = cluster.replicaOf(master);
        long before = granted(all);
        cluster.at(replica, redis -> redis.configSet("masterauth", "wrong"));
        cluster.at(replica, redis -> redis.clientKill(KillArgs.Builder.typeMaster()));
        await().until(() -> granted(all) > before + 300);

        long lacking = granted(all) - before;
        cluster.kill(master);
        try {
            await().atMost(LONGEST_WAIT).until(() -> cluster.isServed(SlotHash.getSlot(RealCluster.key(use))));
            await().atMost(LONGEST_WAIT).until(() -> two.stream().allMatch(process -> isCounted(process, HIT)));
            end(all);
            AtomicLong rest = new AtomicLong();
            await().atMost(LONGEST_WAIT).until(() -> {
                two.forEach(process -> rest.addAndGet(process.useAll(use)));
                return cluster.number(RealCluster.key(use), "s") == amount;
            });
            long exceeded = granted(all) + rest.get() - amount;
            System.out.printf("the replica lacks at most %d of %d: exceeded by %d%n", lacking, amount, exceeded);
            assertThat(exceeded).as("and what was used in the same slot").isBetween(-amount / 20, 0L);
        } finally {
            cluster.at(replica, redis -> redis.configSet("masterauth", RealCluster.PASSWORD));
            cluster.start(master);
            cluster.awaitHealthy();
        }
    }

    @Test
    void slotsThatMoveUnderLoad_costNoGrantItsCount() {
        List<CoordinatedProcess> two = openTwo();
        LimitUse use = one(HIT, 1_000_000);
        List<Work> all = begin(two, use);
        int slot = SlotHash.getSlot(RealCluster.key(use));
        long alone = alone(two);
        RealCluster.Node one = cluster.masterOf(RealCluster.key(use));
        RealCluster.Node other = cluster.anotherMaster(one);
        for (int round = 0; round < 10; round++) {
            RealCluster.Node from = round % 2 == 0 ? one : other;
            RealCluster.Node to = round % 2 == 0 ? other : one;
            cluster.beginMove(slot, from, to);
            long sofar = granted(all);
            while (cluster.moveKeys(slot, 1, from, to) > 0) {
                // One key at a time, so that commands find some in both places.
            }
            cluster.endMove(slot, to);
            await().atMost(LONGEST_WAIT).until(() -> granted(all) > sofar + 50);
        }
        end(all);
        System.out.printf(
                "moved 10 times: longest pause between grants %d ms, granted alone: %d%n",
                longestMillis(all), alone(two) - alone);
        await().untilAsserted(() ->
                assertThat(cluster.number(RealCluster.key(use), "s")).isEqualTo(granted(all)));
    }
}
