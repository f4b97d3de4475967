package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A real Redis that isn't there, dies, hangs, forgets, is full or doesn't let one in: limits hold, and everything mends
 * itself.
 */
@Tag("slow")
class RedisCoordinatorOutageTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final LimitUse ONE_OF_100 = CoordinatedProcess.one(100, HOUR);

    @RegisterExtension
    final CoordinatedProcesses processes = new CoordinatedProcesses(Map.of("command-timeout", "5s"));

    @Test
    void downAtStart_grantsTheConfiguredShare_andEntersItOnceItIsUp() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared()) {
            CoordinatedProcess one = process(redis, Map.of("processes", "4"));
            CoordinatedProcess two = process(redis, Map.of("processes", "4"));
            assertThat(one.useAll(ONE_OF_100)).isEqualTo(25);
            assertThat(two.useAll(ONE_OF_100)).isEqualTo(25);
            assertThat(one.status().connected()).isFalse();
            assertThat(one.status().alone()).isEqualTo(25);
            assertThat(one.status().problem()).get().asString().contains("one of 4", "check that it runs");

            redis.start();

            processes.awaitInStep();
            long alone = one.status().alone();
            AtomicLong rest = new AtomicLong();
            // The other has a few free ones for a moment.
            await().until(() -> rest.addAndGet(one.useAll(ONE_OF_100)) >= 50);
            assertThat(rest).hasValue(50);
            assertThat(one.status().alone()).isEqualTo(alone);
        }
    }

    @Test
    void neverThere_andNobodyKnowsHowMany_grantsTheAmountAndSaysSo() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared()) {
            CoordinatedProcess one = process(redis, Map.of());

            assertThat(one.useAll(ONE_OF_100)).isEqualTo(100);
            assertThat(one.status().processes()).isZero();
            assertThat(one.status().problem()).get().asString().contains("set 'processes'");
        }
    }

    @Test
    void grantsInFlight_surviveTheLossOfAllData_andAreSettledOnce() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of());
            CoordinatedProcess two = process(redis, Map.of());
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                ids.add(one.granted(ONE_OF_100));
            }

            redis.kill();
            ids.subList(0, 10).forEach(one::settle);
            ids.subList(10, 20).forEach(one::release);
            redis.start();

            processes.awaitInStep();
            ids.subList(20, 30).forEach(one::settle);
            await().untilAsserted(() -> {
                assertThat(field(redis, ONE_OF_100, "s")).isEqualTo("20");
                assertThat(field(redis, ONE_OF_100, "h")).isEqualTo("60");
            });
            assertThat(two.useAll(ONE_OF_100)).isEqualTo(20);
        }
    }

    /** It still knows its epoch and both processes, so nothing but the numbers of uses tells what is missing. */
    @Test
    void usesSinceAnOldDump_areToldAgain_andTheLimitHolds() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of());
            CoordinatedProcess two = process(redis, Map.of());
            for (int i = 0; i < 30; i++) {
                one.settle(one.granted(ONE_OF_100), Duration.ofMinutes(30));
            }
            awaitKnownToAll(List.of(one, two), 30);
            OtherClient.ask(redis.uri(), RedisCommands::save);
            use(one, 30);
            use(two, 20);
            awaitKnownToAll(List.of(one, two), 80);

            redis.kill();
            redis.start();

            processes.awaitInStep();
            assertThat(one.useAll(ONE_OF_100) + two.useAll(ONE_OF_100)).isEqualTo(20);
            await().untilAsserted(
                            () -> assertThat(field(redis, ONE_OF_100, "s")).isEqualTo("100"));
        }
    }

    private static void use(CoordinatedProcess process, int times) {
        for (int i = 0; i < times; i++) {
            process.use(ONE_OF_100);
        }
    }

    @Test
    void claimThatRedisHasLost_isEndedForThoseThatWait_beforeItsLeaseIsOver() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            CoordinatedProcess one = process(redis, Map.of("claim-lease", "10m"));
            CoordinatedProcess two = process(redis, Map.of("claim-lease", "10m"));
            Claim.Ours ours = (Claim.Ours) one.claim(KEY);
            Claim.Others others = (Claim.Others) two.claim(KEY);

            OtherClient.ask(redis.uri(), RedisCommands::flushall);
            ours.end().run();

            assertThat(others.ended()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void flushed_withoutAnyDisconnection_isNoticedAndMended() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> three = processes.open(redis.uri(), 3);
            three.forEach(process -> use(process, 30));
            awaitKnownToAll(three, 90);

            OtherClient.ask(redis.uri(), RedisCommands::flushall);

            List<Long> granted = new ArrayList<>();
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(20)).until(() -> {
                three.forEach(process -> granted.add(process.useAll(ONE_OF_100)));
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
            processes.awaitCount(2);
            for (int i = 0; i < 10; i++) {
                one.use(ONE_OF_100);
            }
            awaitKnownToAll(processes.all(), 10);

            redis.freeze();
            processes.awaitLost();
            long alone = one.useAll(ONE_OF_100) + two.useAll(ONE_OF_100);
            assertThat(alone).isBetween(60L, 90L);
            redis.resume();

            processes.awaitInStep();
            long after = one.useAll(ONE_OF_100) + two.useAll(ONE_OF_100);
            assertThat(10 + alone + after).isEqualTo(100);
            await().untilAsserted(() -> {
                assertThat(field(redis, ONE_OF_100, "s")).isEqualTo("100");
                assertThat(field(redis, ONE_OF_100, "h")).isEqualTo("0");
            });
        }
    }

    @Test
    void closedWithItsFirstBeatUnderWay_isNotCounted() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            redis.freeze();
            new CoordinatedProcess(redis.uri(), Map.of("command-timeout", "5s")).close();
            redis.resume();

            CoordinatedProcess two = process(redis, Map.of());
            await().untilAsserted(() -> assertThat(two.status().processes()).isEqualTo(1));
            await().until(() -> connections(redis) == 2);
        }
    }

    @Test
    void full_isAnsweredFromMemory_andSaidInTheStatus() throws Exception {
        try (RedisProcess redis = RedisProcess.started("maxmemory-policy noeviction")) {
            CoordinatedProcess one = process(redis, Map.of("processes", "2"));
            one.use(ONE_OF_100);
            awaitKnownToAll(List.of(one), 1);
            OtherClient.ask(redis.uri(), client -> client.configSet("maxmemory", "1"));

            long alone = one.useAll(ONE_OF_100);
            assertThat(alone).isBetween(40L, 50L);
            assertThat(one.status().problem()).get().asString().contains("OOM", "more memory");

            OtherClient.ask(redis.uri(), client -> client.configSet("maxmemory", "0"));
            processes.awaitInStep();
            assertThat(one.useAll(ONE_OF_100)).isEqualTo(99 - alone);
        }
    }

    @Test
    void readOnlyReplica_isAnsweredFromMemory_andSaidInTheStatus() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            OtherClient.ask(redis.uri(), client -> client.replicaof("127.0.0.1", 1));
            CoordinatedProcess one = process(redis, Map.of("processes", "2"));

            assertThat(one.useAll(ONE_OF_100)).isEqualTo(50);
            assertThat(one.status().problem()).get().asString().contains("READONLY", "master");
        }
    }

    @Test
    void killedUnderLoad_everyStageEnds_andNothingIsLeftInFlight() throws Exception {
        try (RedisProcess redis = RedisProcess.started()) {
            List<CoordinatedProcess> two = processes.open(redis.uri(), 2);
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
            Thread killer = new Thread(redis::kill);
            killer.start();
            do {
                work.run();
            } while (killer.isAlive());
            killer.join();
            redis.start();
            processes.awaitInStep();
            for (int i = 0; i < 200; i++) {
                work.run();
            }

            await().untilAsserted(() -> {
                assertThat(field(redis, much, "h")).isEqualTo("0");
                assertThat(field(redis, much, "s")).isEqualTo(Long.toString(granted[0]));
            });
        }
    }

    private static long total(List<Long> all) {
        return all.stream().mapToLong(Long::longValue).sum();
    }

    private static String key(LimitUse use) {
        return new String(new RedisKeys("whippletree").limit(use.scope().organization(), LimitName.of(use)), US_ASCII);
    }

    private static String field(RedisProcess redis, LimitUse use, String name) {
        return OtherClient.ask(redis.uri(), client -> client.hget(key(use), name));
    }

    private static long connections(RedisProcess redis) {
        return OtherClient.ask(redis.uri(), RedisCommands::clientList)
                .lines()
                .filter(line -> line.contains("name=whippletree"))
                .count();
    }

    /** Waits until more than what is left is refused, which tells everybody how much that is. */
    private void awaitKnownToAll(List<CoordinatedProcess> all, int used) {
        LimitUse tooMuch = new LimitUse(ONE_OF_100.scope(), ONE_OF_100.name(), ONE_OF_100.limit(), 100 - used + 1);
        for (CoordinatedProcess process : all) {
            await().until(() -> process.reserve(tooMuch) instanceof Grant.Refused);
        }
    }

    /** Opens one, and waits until it knows whether Redis can be used. */
    private CoordinatedProcess process(RedisProcess redis, Map<String, String> settings) {
        CoordinatedProcess process = processes.open(redis.uri(), settings);
        await().until(() ->
                process.status().connected() || process.status().problem().isPresent());
        return process;
    }
}
