package dev.whippletree.tests.benchmark;

import dev.whippletree.cache.redis.RedisCache;
import dev.whippletree.cache.redis.RedisCoordinator;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * What it costs to share limits by a Redis on the same machine: time for each call and notice, memory for each account
 * and answer.
 */
public final class CoordinationFigures {

    private static final int ROUNDS = 20_000;
    private static final int NOTICES = 2_000;
    private static final Scope SCOPE = Scope.of("huggingface/acme");
    private static final String ANSWER = "I led the migration of our billing service from one region to three. ";

    private final RedisProcess redis;
    private final RedisCommands<String, String> commands;

    private CoordinationFigures(RedisProcess redis, RedisCommands<String, String> commands) {
        this.redis = redis;
        this.commands = commands;
    }

    /** Prints the figures. */
    public static void main(String[] arguments) throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                RedisClient client = RedisClient.create(redis.uri());
                FakeServices services = FakeServices.real()) {
            new CoordinationFigures(redis, client.connect().sync()).print(services);
        }
    }

    private void print(FakeServices services) throws InterruptedException {
        Settings settings = new Settings("figures", Map.of("uri", redis.uri(), "command-timeout", "10s"));
        try (Coordination one = new RedisCoordinator().open(settings, services);
                Coordination other = new RedisCoordinator().open(settings, services);
                CacheStore cache = new RedisCache().open(settings, services)) {
            List<LimitUse> uses = List.of(
                    use("requests/PT1H", Limit.requests(1_000_000, Duration.ofHours(1)), 1),
                    use("tokens/PT1M", Limit.tokens(100_000_000, Duration.ofMinutes(1)), 700));
            times("PING", () -> commands.ping());
            times("reserve, one limit", () -> settle(one, granted(one, uses.subList(0, 1))));
            times("reserve, two limits", () -> settle(one, granted(one, uses)));
            times("PING again", () -> commands.ping());
            notices(one, other);
            memory(one, cache);
        }
    }

    private static LimitUse use(String name, Limit limit, long amount) {
        return new LimitUse(SCOPE, name, limit, amount);
    }

    /** After all was lost, reservations are put off for a moment. */
    private static String granted(Coordination coordination, List<LimitUse> uses) {
        while (true) {
            Grant grant = coordination.reserve(uses).toCompletableFuture().join();
            if (grant instanceof Grant.Granted granted) {
                return granted.id();
            }
        }
    }

    private static void settle(Coordination coordination, String grant) {
        coordination.settle(grant, Optional.empty(), Duration.ZERO);
    }

    private static void times(String what, Runnable round) {
        long[] nanos = new long[ROUNDS];
        for (int half = 0; half < 2; half++) {
            for (int index = 0; index < ROUNDS; index++) {
                long began = System.nanoTime();
                round.run();
                nanos[index] = System.nanoTime() - began;
            }
        }
        print(what, nanos);
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%-22s p50 %7.1f us   p99 %7.1f us%n",
                what, nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3);
    }

    /** From one process's telling that a scope is closed until another one has heard. */
    private static void notices(Coordination one, Coordination other) throws InterruptedException {
        Semaphore heard = new Semaphore(0);
        other.listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                heard.release();
            }

            @Override
            public void reopened(Scope scope) {}
        });
        long[] nanos = new long[NOTICES];
        for (int index = 0; index < NOTICES; index++) {
            long began = System.nanoTime();
            one.closed(new ScopeClosing(SCOPE, Duration.ofSeconds(1), true, "429"));
            heard.acquire();
            nanos[index] = System.nanoTime() - began;
        }
        print("closed is heard", nanos);
    }

    private void memory(Coordination one, CacheStore cache) {
        commands.flushall();
        LimitUse hourly = use("requests/PT1H", Limit.requests(1_000, Duration.ofHours(1)), 1);
        for (int index = 0; index < 1_000; index++) {
            settle(one, granted(one, List.of(hourly)));
        }
        bytes("1,000 uses at once", "*:limit:*");
        for (int sentences : new int[] {4, 40}) {
            String text = ANSWER.repeat(sentences);
            store(cache, text, Samples.key("tenant", text));
            bytes("answer of " + text.length(), "whippletree:v1:????????????????????????????????:*");
            commands.flushall();
        }
    }

    private static void store(CacheStore cache, String text, CacheKey key) {
        Completion completion = Samples.completion(text);
        CacheEntry entry = new CacheEntry(completion, Instant.now().plus(Duration.ofHours(1)));
        cache.put(key, entry).toCompletableFuture().join();
    }

    private void bytes(String what, String pattern) {
        long sum = commands.keys(pattern).stream()
                .map(key -> Optional.ofNullable(commands.memoryUsage(key)).orElse(0L))
                .mapToLong(Long::longValue)
                .sum();
        System.out.printf("%-22s %,d bytes in Redis%n", what, sum);
    }
}
