package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.PluginForm;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits in a real Redis, counted by several processes. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLimitsTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Scope ACME = CoordinatedProcess.SCOPE;

    @RegisterExtension
    final CoordinatedProcesses processes = CoordinatedProcesses.patient();

    private RedisProcess redis;
    private RedisClient client;
    private RedisCommands<String, String> other;

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.started();
        client = RedisClient.create(redis.uri());
        other = client.connect().sync();
    }

    @AfterAll
    void stop() {
        client.shutdown();
        redis.close();
    }

    /** Processes of the test before may still be closing, and tell what they have used. */
    @BeforeEach
    void empty() {
        await().until(() -> other.clientList().lines().count() == 1);
        other.flushall();
    }

    @Test
    void serviceLoader_findsThem() {
        assertThat(ServiceLoader.load(Cache.class).stream().map(ServiceLoader.Provider::type))
                .contains(RedisCache.class);
        assertThat(ServiceLoader.load(Coordinator.class).stream().map(ServiceLoader.Provider::type))
                .contains(RedisCoordinator.class);
        RedisCache cache = new RedisCache();
        PluginForm.check(cache, cache.name(), cache.settings());
    }

    @Test
    void namesOfAnyCharacters_areKeptApart() {
        CoordinatedProcess one = process();
        for (String name : List.of("", "a b", "{x}", "a:b", "ü\n\0", "a".repeat(10_000))) {
            for (Scope scope : List.of(ACME, Scope.of("test/acme", name), Scope.of("test/}" + name))) {
                assertThat(one.reserveAll(new LimitUse(scope, name, Limit.requests(2, HOUR), 1)))
                        .hasSize(2);
            }
        }
    }

    @Test
    void refusal_tellsWhenTheOldestUsesLeave() {
        CoordinatedProcess one = process();
        LimitUse use = CoordinatedProcess.one(4, HOUR);
        List<String> ids = one.reserveAll(use);
        one.settle(ids.get(0), Duration.ofMinutes(50));
        one.settle(ids.get(1), Duration.ofMinutes(30));

        await().untilAsserted(() -> {
            assertThat(waitFor(one, 1)).isBetween(Duration.ofMinutes(9), Duration.ofSeconds(604));
            assertThat(waitFor(one, 2)).isBetween(Duration.ofMinutes(29), Duration.ofSeconds(1804));
            assertThat(waitFor(one, 3)).isEqualTo(HOUR);
        });
    }

    @Test
    void forgottenScripts_areGivenAgain() {
        CoordinatedProcess one = process();
        LimitUse use = CoordinatedProcess.one(2, HOUR);
        one.reserve(use);
        other.scriptFlush();

        assertThat(one.reserve(use)).isInstanceOf(Grant.Granted.class);
        assertThat(one.reserve(use)).isInstanceOf(Grant.Refused.class);
        assertThat(one.status().alone()).isZero();
    }

    @Test
    void allKeys_expire() {
        CoordinatedProcess one = process();
        one.reserveAll(CoordinatedProcess.one(3, HOUR)).forEach(one::settle);
        one.coordination().closed(new ScopeClosing(ACME, HOUR, true, "quota"));
        one.coordination().claimProbe(ACME, HOUR).toCompletableFuture().join();
        one.claim(Samples.key("t", "q"));

        List<String> keys = other.keys("*");
        assertThat(keys)
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(key -> assertThat(other.pttl(key)).as(key).isPositive());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomInterleavings_neverExceedTheAmount(long seed) {
        Random random = new Random(seed);
        List<CoordinatedProcess> four = List.of(process(), process(), process(), process());
        Limit limit = Limit.tokens(500, HOUR);
        long used = 0;
        long[] inFlight = {0};
        List<Held> held = new ArrayList<>();
        for (int step = 0; step < 700; step++) {
            CoordinatedProcess who = four.get(random.nextInt(4));
            if (random.nextInt(3) < 2 || held.isEmpty()) {
                long amount = random.nextInt(20);
                if (who.reserve(new LimitUse(ACME, "tokens", limit, amount)) instanceof Grant.Granted granted) {
                    held.add(new Held(who, granted.id(), amount));
                    inFlight[0] += amount;
                }
            } else {
                Held ended = held.remove(random.nextInt(held.size()));
                inFlight[0] -= ended.amount;
                if (random.nextBoolean()) {
                    ended.who.release(ended.id);
                } else {
                    long actual = random.nextLong(ended.amount + 1);
                    used += actual;
                    ended.who
                            .coordination()
                            .settle(
                                    ended.id,
                                    Optional.of(new TokenCount(actual, 0)),
                                    Duration.ofMinutes(random.nextInt(50)));
                }
            }
            assertThat(used + inFlight[0]).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(500);
        }
        long expected = 500 - used - inFlight[0];
        await().until(() -> leftIs(four.get(0), limit, expected));
        assertThat(four).allSatisfy(each -> assertThat(each.status().alone()).isZero());
    }

    private record Held(CoordinatedProcess who, String id, long amount) {}

    private static boolean leftIs(CoordinatedProcess who, Limit limit, long expected) {
        if (expected < 500
                && who.reserve(new LimitUse(ACME, "tokens", limit, expected + 1)) instanceof Grant.Granted granted) {
            who.release(granted.id());
            return false;
        }
        if (who.reserve(new LimitUse(ACME, "tokens", limit, expected)) instanceof Grant.Granted granted) {
            who.release(granted.id());
            return true;
        }
        return false;
    }

    private static Duration waitFor(CoordinatedProcess process, long amount) {
        LimitUse use = new LimitUse(ACME, "requests", Limit.requests(4, HOUR), amount);
        return ((Grant.Refused) process.reserve(use)).retryAfter();
    }

    /** Opens one, and waits until it asks Redis: before that it refuses. */
    private CoordinatedProcess process() {
        CoordinatedProcess process = processes.open(redis.uri());
        await().until(() -> process.status().connected());
        return process;
    }
}
