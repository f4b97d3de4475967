package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.Samples;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real Redis that isn't there, dies, hangs, forgets, is full or doesn't let one in: limits hold, and everything mends itself. */
class RedisCoordinatorOutageTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, HOUR);

    private final List<CoordinatedProcess> processes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        processes.forEach(CoordinatedProcess::close);
    }

    @Test
    void downAtStart_grantsTheConfiguredShare_andEntersItOnceItIsUp() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared()) {
            CoordinatedProcess one = process(redis, Map.of("processes", "4"));
            CoordinatedProcess two = process(redis, Map.of("processes", "4"));
            assertThat(settledAll(one)).isEqualTo(25);
            assertThat(settledAll(two)).isEqualTo(25);
            assertThat(one.status().connected()).isFalse();
            assertThat(one.status().alone()).isEqualTo(25);
            assertThat(one.status().problem()).get().asString().contains("one of 4", "check that it runs");

            redis.start();

            awaitInStep();
            long alone = one.status().alone();
            assertThat(settledAll(one)).isEqualTo(50);
            assertThat(one.status().alone()).isEqualTo(alone);
        }
    }

    @Test
    void neverThere_andNobodyKnowsHowMany_grantsTheAmountAndSaysSo() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared()) {
            CoordinatedProcess one = process(redis, Map.of());

            assertThat(settledAll(one)).isEqualTo(100);
            assertThat(one.status().processes()).isZero();
            assertThat(one.status().problem()).get().asString().contains("set 'processes'");
        }
    }

    @Test
    void killed_eachGrantsItsPartOfWhatWasLeft_andARestartWithoutDataIsToldEverything() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> four = processes(redis, 4);
            for (int i = 0; i < 20; i++) {
                settleOne(four.get(i % 2));
            }
            awaitKnownToAll(four, 20);

            redis.kill();
            awaitLost();
            long alone = four.stream()
                    .mapToLong(RedisCoordinatorOutageTest::settledAll)
                    .sum();
            assertThat(alone).isBetween(60L, 80L);
            redis.start();

            awaitInStep();
            long after = four.stream()
                    .mapToLong(RedisCoordinatorOutageTest::settledAll)
                    .sum();
            assertThat(20 + alone + after).isLessThanOrEqualTo(100);
            await().untilAsserted(() -> {
                assertThat(field(redis, ONE_OF_100, "s")).isEqualTo(Long.toString(20 + alone + after));
            });
        }
    }

    @Test
    void grantsInFlight_surviveTheLossOfAllData_andAreSettledOnce() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of());
            CoordinatedProcess two = process(redis, Map.of());
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                ids.add(id(one.reserve(ONE_OF_100)));
            }

            redis.kill();
            ids.subList(0, 10).forEach(one::settle);
            ids.subList(10, 20).forEach(one.coordination()::release);
            redis.start();

            awaitInStep();
            ids.subList(20, 30).forEach(one::settle);
            await().untilAsserted(() -> {
                assertThat(field(redis, ONE_OF_100, "s")).isEqualTo("20");
                assertThat(field(redis, ONE_OF_100, "h")).isEqualTo("60");
            });
            assertThat(settledAll(two)).isEqualTo(20);
        }
    }

    @Test
    void claimThatRedisHasLost_isEndedForThoseThatWait_beforeItsLeaseIsOver() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of("claim-lease", "10m"));
            CoordinatedProcess two = process(redis, Map.of("claim-lease", "10m"));
            Claim.Ours ours = (Claim.Ours) claim(one);
            Claim.Others others = (Claim.Others) claim(two);

            other(redis, RedisCommands::flushall);
            ours.end().run();

            assertThat(others.ended()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    @Tag("thorough")
    void flushed_withoutAnyDisconnection_isNoticedAndMended() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> three = processes(redis, 3);
            three.forEach(process -> {
                for (int i = 0; i < 30; i++) {
                    settleOne(process);
                }
            });
            awaitKnownToAll(three, 90);

            other(redis, RedisCommands::flushall);

            List<Long> granted = new ArrayList<>();
            await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(20)).until(() -> {
                three.forEach(process -> granted.add(settledAll(process)));
                return 90 + total(granted) <= 100;
            });
            await().untilAsserted(() ->
                    assertThat(Long.parseLong(field(redis, ONE_OF_100, "s"))).isEqualTo(90 + total(granted)));
        }
    }

    @Test
    void frozen_isAnsweredFromMemory_andNothingIsLostOrDoubledWhenItGoesOn() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of("command-timeout", "250ms"));
            CoordinatedProcess two = process(redis, Map.of("command-timeout", "250ms"));
            awaitProcesses(2);
            for (int i = 0; i < 10; i++) {
                settleOne(one);
            }
            awaitKnownToAll(processes, 10);

            redis.freeze();
            awaitLost();
            long alone = settledAll(one) + settledAll(two);
            assertThat(alone).isBetween(60L, 90L);
            redis.resume();

            awaitInStep();
            long after = settledAll(one) + settledAll(two);
            assertThat(10 + alone + after).isEqualTo(100);
            await().untilAsserted(() -> {
                assertThat(field(redis, ONE_OF_100, "s")).isEqualTo("100");
                assertThat(field(redis, ONE_OF_100, "h")).isEqualTo("0");
            });
        }
    }

    @Test
    void full_isAnsweredFromMemory_andSaidInTheStatus() throws Exception {
        try (RedisProcess redis = RedisProcess.started("maxmemory-policy noeviction")) {
            CoordinatedProcess one = process(redis, Map.of("processes", "2"));
            settleOne(one);
            awaitKnownToAll(List.of(one), 1);
            other(redis, client -> client.configSet("maxmemory", "1"));

            long alone = settledAll(one);
            assertThat(alone).isBetween(40L, 50L);
            assertThat(one.status().problem()).get().asString().contains("OOM", "more memory");

            other(redis, client -> client.configSet("maxmemory", "0"));
            awaitInStep();
            assertThat(settledAll(one)).isEqualTo(99 - alone);
        }
    }

    @Test
    void readOnlyReplica_isAnsweredFromMemory_andSaidInTheStatus() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            other(redis, client -> client.replicaof("127.0.0.1", 1));
            CoordinatedProcess one = process(redis, Map.of("processes", "2"));

            assertThat(settledAll(one)).isEqualTo(50);
            assertThat(one.status().problem()).get().asString().contains("READONLY", "master");
        }
    }

    @Test
    void brokenLimit_hurtsNoOtherOrganization() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of("processes", "2"));
            settleOne(one);
            other(redis, client -> client.set(key(ONE_OF_100), "no hash"));

            assertThat(settledAll(one)).isLessThanOrEqualTo(50);
            LimitUse sound = new LimitUse(Scope.of("test/other"), "requests", Limit.requests(10, HOUR), 1);
            await().until(() -> one.status().connected());
            assertThat(one.reserveAll(sound)).hasSize(10);
            await().untilAsserted(() ->
                    assertThat(one.status().problem()).get().asString().contains("WRONGTYPE"));
        }
    }

    @Test
    void wrongPassword_isSaidWithoutTellingIt() throws Exception {
        try (RedisProcess redis = RedisProcess.started("requirepass right-secret")) {
            CoordinatedProcess one = process(redis, Map.of("password", "wrong-secret"));

            assertThat(one.reserve(ONE_OF_100)).isInstanceOf(Grant.Granted.class);
            // Either side may be the first to close, so not every attempt need fail for this reason.
            await().untilAsserted(() -> assertThat(one.status().problem())
                    .get()
                    .asString()
                    .contains("WRONGPASS", "check username and password")
                    .doesNotContain("wrong-secret"));
        }
    }

    @Test
    @Tag("thorough")
    void killedUnderLoad_everyStageEnds_andNothingIsLeftInFlight() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> two = processes(redis, 2);
            LimitUse much = new LimitUse(CoordinatedProcess.SCOPE, "much", Limit.requests(1_000_000, HOUR), 1);
            long[] granted = {0};
            Runnable work = () -> {
                for (CoordinatedProcess process : two) {
                    if (process.reserve(much) instanceof Grant.Granted one) {
                        process.settle(one.id());
                        granted[0]++;
                    }
                }
            };
            for (int round = 0; round < 2; round++) {
                Thread killer = new Thread(redis::kill);
                killer.start();
                do {
                    work.run();
                } while (killer.isAlive());
                killer.join();
                redis.start();
                awaitInStep();
                for (int i = 0; i < 200; i++) {
                    work.run();
                }
            }

            await().untilAsserted(() -> {
                assertThat(field(redis, much, "h")).isEqualTo("0");
                assertThat(field(redis, much, "s")).isEqualTo(Long.toString(granted[0]));
            });
        }
    }

    @Test
    @Tag("thorough")
    void claims_areOwnWhileDown_andWaitsEndWhenItDies() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> two = processes(redis, 2);
            Claim first = claim(two.get(0));
            assertThat(first).isInstanceOf(Claim.Ours.class);
            Claim second = claim(two.get(1));
            assertThat(second).isInstanceOf(Claim.Others.class);

            redis.kill();

            await().until(() ->
                    ((Claim.Others) second).ended().toCompletableFuture().isDone());
            awaitLost();
            assertThat(claim(two.get(1))).isInstanceOf(Claim.Ours.class);
            redis.start();
            awaitInStep();
            ((Claim.Ours) first).end().run();
            await().until(() -> claim(two.get(1)) instanceof Claim.Ours);
        }
    }

    private static long total(List<Long> all) {
        return all.stream().mapToLong(Long::longValue).sum();
    }

    private static Claim claim(CoordinatedProcess process) {
        return process.coordination()
                .claim(Samples.key("t", "q"))
                .toCompletableFuture()
                .join();
    }

    private static String key(LimitUse use) {
        return new String(
                new CoordinationKeys("whippletree").limit(use.scope().organization(), LimitName.of(use)), US_ASCII);
    }

    private static String field(RedisProcess redis, LimitUse use, String name) {
        return other(redis, client -> client.hget(key(use), name));
    }

    private static <T> T other(RedisProcess redis, Function<RedisCommands<String, String>, T> use) {
        RedisClient client = RedisClient.create(redis.uri());
        try {
            return use.apply(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    private void awaitLost() {
        await().until(() ->
                processes.stream().noneMatch(process -> process.status().connected()));
    }

    /** Waits until no reservation is answered from memory any more. */
    private void awaitInStep() {
        LimitUse probe = new LimitUse(CoordinatedProcess.SCOPE, "probe", Limit.requests(1_000_000, HOUR), 1);
        for (CoordinatedProcess process : processes) {
            await().until(() -> {
                long before = process.status().alone();
                boolean granted = process.reserve(probe) instanceof Grant.Granted one && release(process, one.id());
                return granted
                        && process.status().connected()
                        && process.status().alone() == before;
            });
        }
    }

    private static boolean release(CoordinatedProcess process, String id) {
        process.coordination().release(id);
        return true;
    }

    private void awaitProcesses(int count) {
        processes.forEach(process -> await().until(() -> process.status().processes() == count));
    }

    /** Waits until more than what is left is refused, which tells everybody how much that is. */
    private void awaitKnownToAll(List<CoordinatedProcess> all, int used) {
        LimitUse tooMuch = new LimitUse(ONE_OF_100.scope(), ONE_OF_100.name(), ONE_OF_100.limit(), 100 - used + 1);
        for (CoordinatedProcess process : all) {
            await().until(() -> process.reserve(tooMuch) instanceof Grant.Refused);
        }
    }

    private static long settledAll(CoordinatedProcess process) {
        List<String> ids = process.reserveAll(ONE_OF_100);
        ids.forEach(process::settle);
        return ids.size();
    }

    private static void settleOne(CoordinatedProcess process) {
        process.settle(id(process.reserve(ONE_OF_100)));
    }

    private static String id(Grant grant) {
        return ((Grant.Granted) grant).id();
    }

    private List<CoordinatedProcess> processes(RedisProcess redis, int count) {
        List<CoordinatedProcess> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(process(redis, Map.of()));
        }
        awaitProcesses(count);
        return all;
    }

    private CoordinatedProcess process(RedisProcess redis, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("command-timeout", "2s"));
        all.putAll(settings);
        CoordinatedProcess process = new CoordinatedProcess(redis.uri(), all);
        processes.add(process);
        await().until(() ->
                process.status().connected() || process.status().problem().isPresent());
        return process;
    }
}
