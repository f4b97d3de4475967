package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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

    private static LimitsCall call(Duration lease) {
        LimitName name = new LimitName(Optional.empty(), "requests");
        return new LimitsCall("acme", "", "0123456789abcdef", 0, lease, List.of(new LimitSize(name, AMOUNT, HOUR)));
    }

    private long left(Duration lease) {
        LimitsReply reply = join(commands.enter(call(lease), "looker", List.of(), List.of()));
        assertThat(reply.verdict()).isEqualTo(Verdict.DONE);
        return reply.left().get(0);
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

        assertThat(join(commands.enter(call(MINUTE), "one", List.of(), dated)).left())
                .containsExactly(6L);
        assertThat(join(commands.enter(call(MINUTE), "one", List.of(), dated)).left())
                .containsExactly(6L);
        assertThat(join(commands.enter(call(MINUTE), "two", List.of(), dated)).left())
                .containsExactly(2L);
    }

    @Test
    void reservationOfADeadProcess_staysUsedOnceItsLeaseIsOver() {
        Duration lease = Duration.ofMillis(20);
        assertThat(join(commands.reserve(call(lease), "grant", List.of(7L))).verdict())
                .isEqualTo(Verdict.DONE);

        await().until(() -> {
            assertThat(left(lease)).isEqualTo(3);
            return inFlight().equals("0");
        });
        assertThat(left(lease)).isEqualTo(3);
    }

    /** Returns what the limit's field for what is in flight says. */
    private String inFlight() {
        return OtherClient.ask(
                redis.uri(),
                other -> other.hget(
                        other.keys("*limit*").stream()
                                .filter(key -> other.type(key).equals("hash"))
                                .findFirst()
                                .orElseThrow(),
                        "h"));
    }
}
