package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsCall;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Use;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the scripts do when they are asked what no process asks in good order: again, in another's name, or never again.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptsTest {

    private static final CacheKey KEY = Samples.key("t", "q");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long AMOUNT = 10;
    private static final LimitName NAME = new LimitName(Optional.empty(), "requests");
    private static final String PLACE = RedisKeys.place("acme", NAME);
    private static final String KEY_OF_LIMIT = new String(new RedisKeys("whippletree").limit(PLACE), US_ASCII);

    private final FakeServices services = FakeServices.real();
    private RedisProcess redis;
    private LettuceCommands commands;

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.started();
        RedisSettings settings = CoordinationSettings.from(
                        new Settings("coordinator redis", Map.of("uri", redis.uri(), "command-timeout", "10s")))
                .redis();
        commands = new LettuceCommands(settings, services, new CorruptValue(settings, services));
        commands.start(new CoordinationCommands.Events() {
            @Override
            public void connected() {}

            @Override
            public void subscribed() {}

            @Override
            public void notice(String text) {}
        });
        await().ignoreExceptions().until(() -> join(commands.beat("p", MINUTE)).processes() == 1);
    }

    @AfterAll
    void stop() {
        commands.close();
        services.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        OtherClient.ask(redis.uri(), RedisCommands::flushall);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static LimitsCall call(Duration lease, Duration window) {
        return new LimitsCall("acme", "", "0123456789abcdef", 0, lease, List.of(new LimitSize(NAME, AMOUNT, window)));
    }

    private long left() {
        return left(HOUR);
    }

    private long left(Duration window) {
        LimitsReply reply = join(commands.enter(call(MINUTE, window), "looker", List.of(), List.of()));
        assertThat(reply.verdict()).isEqualTo(Verdict.DONE);
        return reply.left().get(0);
    }

    private void reserve(String grant, long amount) {
        assertThat(join(commands.reserve(call(MINUTE, HOUR), grant, List.of(amount)))
                        .verdict())
                .isEqualTo(Verdict.DONE);
    }

    private void use(String grant, long amount) {
        reserve(grant, amount);
        join(commands.end(call(MINUTE, HOUR), grant, Duration.ZERO, List.of(amount)));
    }

    private String field(String name) {
        return OtherClient.ask(redis.uri(), other -> other.hget(KEY_OF_LIMIT, name));
    }

    /** Dates all that the limit holds so much earlier, instead of waiting for so long. */
    private void age(Duration time) {
        OtherClient.ask(redis.uri(), other -> {
            Map<String, String> aged = new HashMap<>();
            long width = (Long.parseLong(other.hget(KEY_OF_LIMIT, "w")) + 1_023) / 1_024;
            long slots = time.toMillis() / width;
            other.hgetall(KEY_OF_LIMIT).forEach((field, value) -> {
                boolean isSlot = field.matches("\\d+");
                String[] grant = value.split(" ");
                if (isSlot) {
                    aged.put(Long.toString(Long.parseLong(field) - slots), value);
                } else if (field.startsWith("g")) {
                    aged.put(field, grant[0] + " " + earlier(grant[1], slots * width));
                } else if ("oy".contains(field)) {
                    aged.put(field, earlier(value, slots));
                } else {
                    aged.put(field, "nkc".contains(field) ? earlier(value, slots * width) : value);
                }
            });
            other.del(KEY_OF_LIMIT);
            return other.hset(KEY_OF_LIMIT, aged);
        });
    }

    private static String earlier(String number, long by) {
        return number.isEmpty() ? "" : Long.toString(Math.max(0, Long.parseLong(number) - by));
    }

    @Test
    void claim_isEndedByNobodyElse() {
        assertThat(join(commands.claim(KEY, "first", HOUR, 0))).isZero();

        join(commands.unclaim(KEY, "second", "notice"));

        assertThat(join(commands.claimedFor(KEY))).isPositive();
        assertThat(join(commands.claim(KEY, "second", HOUR, 0))).isPositive();
        join(commands.unclaim(KEY, "first", "notice"));
        assertThat(join(commands.claim(KEY, "second", HOUR, 0))).isZero();
    }

    @Test
    void claimThatArrivesLate_isNotTaken() {
        assertThat(join(commands.claim(KEY, "late", HOUR, 1))).isEqualTo(-1);

        assertThat(join(commands.claim(KEY, "first", HOUR, 0))).isZero();
    }

    @Test
    void datedUses_countOnce_howeverOftenTheyAreEntered() {
        List<DatedEntry> dated = List.of(new DatedEntry(new Use(0, 4), MINUTE));

        assertThat(join(commands.enter(call(MINUTE, HOUR), "one", List.of(), dated))
                        .left())
                .containsExactly(6L);
        assertThat(join(commands.enter(call(MINUTE, HOUR), "one", List.of(), dated))
                        .left())
                .containsExactly(6L);
        assertThat(join(commands.enter(call(MINUTE, HOUR), "two", List.of(), dated))
                        .left())
                .containsExactly(2L);
        age(HOUR.minus(MINUTE.multipliedBy(2)));
        assertThat(left()).isEqualTo(2);
        age(MINUTE.multipliedBy(2));
        assertThat(left()).isEqualTo(AMOUNT);
    }

    @Test
    void usesOfAWholeWindow_takeBoundedMemory() {
        List<DatedEntry> dated = IntStream.range(0, 7_200)
                .mapToObj(number -> new DatedEntry(new Use(0, 1), Duration.ofMillis(500L * number)))
                .toList();

        join(commands.enter(call(MINUTE, HOUR), "one", List.of(), dated));

        assertThat(left()).isBetween(AMOUNT - 7_200, AMOUNT - 7_190);
        Long fields = OtherClient.ask(redis.uri(), other -> other.hlen(KEY_OF_LIMIT));
        assertThat(fields).isBetween(1_000L, 1_040L);
        Long bytes = OtherClient.ask(redis.uri(), other -> other.memoryUsage(KEY_OF_LIMIT));
        assertThat(bytes).isBetween(10_000L, 100_000L);
    }

    @Test
    void reservationOfADeadProcess_countsAsUsedFromTheEndOfItsLeaseOn() {
        reserve("dead", 7);
        reserve("another", 2);
        age(MINUTE.dividedBy(2));
        assertThat(left()).isEqualTo(1);
        assertThat(field("h")).isEqualTo("9");
        age(MINUTE);

        assertThat(left()).isEqualTo(1);
        assertThat(field("h")).isEqualTo("0");
        assertThat(field("s")).isEqualTo("9");
        age(Duration.ofMinutes(59));
        assertThat(left()).as("it was over half a minute later").isEqualTo(1);
        age(MINUTE);
        assertThat(left()).isEqualTo(AMOUNT);
        join(commands.end(call(MINUTE, HOUR), "dead", Duration.ZERO, List.of(1L)));
        assertThat(left()).as("an end that comes too late").isEqualTo(AMOUNT);
    }

    @Test
    void useThatLeavesTheWindow_leavesTheSum_thoughLaterOnesStay() {
        use("first", 3);
        age(Duration.ofMinutes(40));
        use("second", 2);
        assertThat(left()).isEqualTo(5);
        age(Duration.ofMinutes(19));
        assertThat(left()).isEqualTo(5);
        age(Duration.ofMinutes(2));

        assertThat(left()).isEqualTo(8);
        assertThat(field("s")).isEqualTo("2");
        reserve("third", 8);
        LimitsReply refused = join(commands.reserve(call(MINUTE, HOUR), "fourth", List.of(2L)));
        assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(Duration.ofMillis(refused.waitMillis()))
                .as("the second leaves in 39 minutes")
                .isBetween(Duration.ofMinutes(38), Duration.ofMinutes(40));
        age(Duration.ofMinutes(40));
        String other = RedisKeys.place("acme", new LimitName(Optional.empty(), "other"));
        assertThat(join(commands.survey(Map.of(PLACE, HOUR, other, HOUR))))
                .as("nobody has looked since")
                .containsOnly(entry(PLACE, 10L), entry(other, 0L));
        assertThat(left()).isEqualTo(2);
        assertThat(join(commands.survey(Map.of(PLACE, HOUR)))).containsEntry(PLACE, 8L);
    }

    @Test
    void longerOfTwoWindows_countsForAsLongAsSomebodyMayGoByIt() {
        use("grant", 4);
        age(Duration.ofMinutes(30));
        assertThat(left(MINUTE)).isEqualTo(6);
        age(Duration.ofMinutes(28));
        assertThat(left(MINUTE)).isEqualTo(6);
        assertThat(left(Duration.ofHours(2)))
                .as("a longer one knows what was known")
                .isEqualTo(6);
        age(Duration.ofMinutes(119));
        assertThat(left(MINUTE)).as("the longest still counts").isEqualTo(AMOUNT);
        assertThat(field("w")).isEqualTo("7200000");
        age(Duration.ofMinutes(2));
        assertThat(left(MINUTE)).isEqualTo(AMOUNT);
        assertThat(field("w")).isEqualTo("60000");
    }
}
