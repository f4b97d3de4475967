package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.notices.Notice;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How much processor time a real Redis needs for each command, with reading and writing, by its own count, where each
 * connection has one command under way. Adds rows to {@code target/command-costs.md}: microseconds.
 */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandCostsTest {

    private static final Path TABLE = Path.of("target", "command-costs.md");
    private static final int CONNECTIONS = 20;
    private static final int COUNT = 20_000;
    private static final int PROCESSES = 1_000;
    private static final int SUBSCRIBERS = 1_000;
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Pattern CPU = Pattern.compile("used_cpu_(?:user|sys):([\\d.]+)");
    private static final String ANSWER = "I'd first ask what the team has tried, and why it didn't work. ".repeat(12);

    private final FakeServices services = FakeServices.real();
    private RedisProcess redis;
    private List<Connection> connections;
    private int turn;

    /** A process's ways to Redis. */
    private record Connection(CoordinationCommands commands, CacheStore store) {}

    /** Something to be measured: the n-th of its kind. */
    private interface Work {
        CompletionStage<?> begin(Connection connection, int number);
    }

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.startedInstalled();
        Map<String, String> values = Map.of("uri", redis.uri(), "command-timeout", "5s");
        RedisSettings settings = RedisSettings.from(new Settings("coordinator redis", values));
        connections = IntStream.range(0, CONNECTIONS)
                .mapToObj(number -> {
                    LettuceCommands commands =
                            new LettuceCommands(settings, services, new CorruptValue(settings, services));
                    commands.start(new QuietEvents());
                    return new Connection(
                            commands, new RedisCache().open(new Settings("cache redis", values), services));
                })
                .toList();
        connections.forEach(each -> await().atMost(MINUTE)
                .ignoreExceptions()
                .until(() -> join(each.commands().beat("p", MINUTE)).processes() == 1));
    }

    @AfterAll
    void stop() {
        connections.forEach(each -> {
            each.commands().close();
            each.store().close();
        });
        services.close();
        redis.close();
    }

    @Test
    void eachCommand() throws IOException {
        measure("GET, nothing there", (to, n) -> to.store.get(key(n)));
        CacheEntry answer = new CacheEntry(
                Samples.completion(ANSWER), services.clock().instant().plus(Duration.ofHours(1)));
        measure("SET", (to, n) -> to.store.put(key(n), answer));
        measure("GET", (to, n) -> to.store.get(key(n)));
        measure("claim", (to, n) -> to.commands.claim(key(n), token(n), MINUTE));
        measure("renew", (to, n) -> to.commands.renew(key(n), token(n), MINUTE));
        measure("unclaim", (to, n) -> to.commands.unclaim(key(n), token(n), notice(n)));
        measure("claim that is another's", (to, n) -> to.commands.claim(key(n % 10), token(n), MINUTE));
        measure("look at a claim", (to, n) -> to.commands.claimedFor(key(n % 10)));
        measure("beat, with PTTL and PING", (to, n) -> to.commands.beat(process(n), LEASE));
        measure("trade, 10 processes a limit", (to, n) -> trade(to, "few-" + n % 100, n % PROCESSES, 1_000_000, 1, 1));
        measure("trade of 60 uses", (to, n) -> trade(to, "few-" + n % 100, n % PROCESSES, 1_000_000, 1, 60));
        measure("trade, 1,000 processes a limit", (to, n) -> trade(to, "many-" + n % 20, n / 20, 1_000_000, 1, 1));
        measure("trade that is refused", (to, n) -> trade(to, "full-" + n % 100, n % PROCESSES, 600, 60, 1));
        measureLook();
        measureNotices();
    }

    /** Of a hundred limits. */
    private void measureLook() throws IOException {
        Map<String, Duration> places = new HashMap<>();
        for (int n = 0; n < 100; n++) {
            places.put(
                    RedisKeys.place("few-" + n, new LimitName(Optional.empty(), "requests")), LEASE.multipliedBy(60));
        }
        join(connections.get(0).commands.survey(places));
        measure(
                "survey of 100 limits, with 100 HMGET",
                CONNECTIONS,
                COUNT / 20,
                (to, n) -> to.commands.survey(Map.of()));
    }

    private void measureNotices() throws IOException {
        RedisClient client = RedisClient.create(redis.uri());
        try {
            Stream.generate(client::connectPubSub)
                    .limit(SUBSCRIBERS - CONNECTIONS)
                    .forEach(each -> each.sync().subscribe(new String(new RedisKeys("whippletree").notices(), UTF_8)));
            // Nobody holds it, so all are told.
            measure(
                    "unclaim that 1,000 processes hear",
                    1,
                    COUNT / 20,
                    (to, n) -> to.commands.unclaim(key(-n), token(n), notice(n)));
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    private CompletionStage<?> trade(
            Connection to, String organization, int process, long amount, long held, int uses) {
        int number = ++turn;
        LimitName name = new LimitName(Optional.empty(), "requests");
        return to.commands.trade(new Trade(
                organization,
                "",
                "0123456789abcdef",
                process(process),
                number,
                number,
                Duration.ofSeconds(152),
                List.of(new BlockEntry(name, amount, MINUTE, held, 0, 2, 5, number - 1)),
                IntStream.range(0, uses)
                        .mapToObj(use -> new DatedEntry(0, Duration.ofMillis(500 + 10 * use), 1))
                        .toList(),
                List.of(List.of(1L)),
                List.of()));
    }

    private static CacheKey key(int number) {
        return Samples.key("tenant", "question " + number);
    }

    private static String process(int number) {
        return "%016x".formatted(number % PROCESSES);
    }

    private static String token(int number) {
        return process(number) + "-" + number;
    }

    private static String notice(int number) {
        return Notice.unclaimed(process(number), key(number)).text();
    }

    private void measure(String name, Work work) throws IOException {
        measure(name, CONNECTIONS, COUNT, work);
    }

    private void measure(String name, int atOnce, int count, Work work) throws IOException {
        double before = processorSeconds();
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> ends = connections.stream()
                .limit(atOnce)
                .map(connection -> {
                    CompletableFuture<Void> end = new CompletableFuture<>();
                    go(work, connection, next, count, end);
                    return end;
                })
                .toList();
        ends.forEach(CommandCostsTest::join);
        double micros = 1e6 * (processorSeconds() - before) / count;
        String row = "| %s | %.1f |%n".formatted(name, micros);
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        assertThat(micros).as(name).isPositive();
    }

    private static void go(
            Work work, Connection connection, AtomicInteger next, int count, CompletableFuture<Void> end) {
        int number = next.getAndIncrement();
        if (number >= count) {
            end.complete(null);
            return;
        }
        work.begin(connection, number).whenComplete((reply, failure) -> {
            if (failure == null) {
                go(work, connection, next, count, end);
            } else {
                end.completeExceptionally(failure);
            }
        });
    }

    private double processorSeconds() {
        return CPU.matcher(OtherClient.<String>ask(redis.uri(), other -> other.info("cpu")))
                .results()
                .mapToDouble(each -> Double.parseDouble(each.group(1)))
                .sum();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(5, TimeUnit.MINUTES).join();
    }
}
