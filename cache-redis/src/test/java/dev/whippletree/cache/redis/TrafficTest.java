package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.whippletree.cache.redis.Traffic.Sums;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.notices.Notice;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bytes that are reckoned, beside those that a real Redis counts. */
@Tag("slow")
class TrafficTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Pattern BYTES = Pattern.compile("total_net_(?:in|out)put_bytes:(\\d+)");

    private final Traffic traffic = new Traffic();
    private final QuietEvents events = new QuietEvents();
    private int turn;

    @Test
    void bytes_areAsRedisCountsThem() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                FakeServices services = FakeServices.real()) {
            RedisSettings settings =
                    Patience.patient(RedisSettings.from(new Settings("coordinator redis", redis.settings())));
            LettuceCommands commands = new LettuceCommands(settings, services, new CorruptValue(settings, services));
            CacheStore store = RedisCache.open(settings, services);
            commands.start(events);
            assertThat(events.subscribed.await(20, TimeUnit.SECONDS)).isTrue();
            // From now on, Redis knows the scripts.
            useAll(commands, store);
            long[] idle = bytes(redis);
            long[] before = bytes(redis);
            traffic.take();
            for (int n = 0; n < 50; n++) {
                useAll(commands, store);
            }
            long[] after = bytes(redis);
            Sums all = traffic.take().values().stream().reduce(new Sums(0, 0, 0), Sums::plus);
            commands.close();
            store.close();

            long looks = before[0] - idle[0];
            assertThat(all.bytesIn()).isEqualTo(after[0] - before[0] - looks);
            assertThat(all.bytesOut()).isCloseTo(after[1] - before[1] - (before[1] - idle[1]), withinPercentage(2));
        }
    }

    private void useAll(LettuceCommands commands, CacheStore store) throws ReflectiveOperationException {
        LimitName name = new LimitName(Optional.empty(), "requests");
        CacheKey key = Samples.key("tenant", "question");
        String notice = Notice.unclaimed("0123456789abcdef", key).text();
        CacheEntry entry =
                new CacheEntry(Samples.completion("answer ".repeat(30)), Instant.parse("2100-01-01T00:00:00Z"));
        use(commands, "beat", "0123456789abcdef", LEASE);
        use(commands, "survey", Map.of(RedisKeys.place("acme", name), LEASE));
        turn++;
        use(
                commands,
                "trade",
                new Trade(
                        "acme",
                        "",
                        "fedcba9876543210",
                        "0123456789abcdef",
                        turn,
                        turn,
                        LEASE,
                        List.of(new BlockEntry(name, 100, LEASE, 3, 0, 2, 5, turn - 1)),
                        List.of(new DatedEntry(0, Duration.ofMillis(500), 1)),
                        List.of(List.of(1L)),
                        List.of(new AskerEntry("0123456789abcdef", 1_000))));
        use(commands, "claim", key, "0123456789abcdef-1", LEASE);
        use(commands, "claimedFor", key);
        use(commands, "renew", key, "0123456789abcdef-1", LEASE);
        use(commands, "unclaim", key, "0123456789abcdef-1", notice);
        traffic.notice(notice, 1);
        use(commands, "claimProbe", Scope.of("acme"), "0123456789abcdef-2", LEASE);
        use(commands, "closings");
        traffic.get(key, join(store.get(key)).map(CacheHit::entry));
        join(store.put(key, entry));
        traffic.set(key, entry);
    }

    private void use(LettuceCommands commands, String name, Object... arguments) throws ReflectiveOperationException {
        Method method = Stream.of(CoordinationCommands.class.getMethods())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        traffic.add(method, arguments, join((CompletionStage<?>) method.invoke(commands, arguments)));
    }

    private static long[] bytes(RedisProcess redis) throws IOException {
        return BYTES.matcher(OtherClient.<String>ask(redis.uri(), other -> other.info("stats")))
                .results()
                .mapToLong(each -> Long.parseLong(each.group(1)))
                .toArray();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
