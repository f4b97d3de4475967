package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.notices.Notice;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Redis in which somebody else writes what no process of ours does: nothing stalls, and it is told. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisHostileWriterTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final CacheKey KEY = Samples.key("t", "q");
    private static final Scope SCOPE = CoordinatedProcess.SCOPE;
    private static final RedisKeys KEYS = new RedisKeys("whippletree");
    private static final String LIMIT = text(KEYS.limit(SCOPE.organization(), LimitName.of(limit("limit"))));
    private static final String STATE = text(KEYS.state(SCOPE.organization()));
    private static final List<String> GARBAGE =
            List.of("NaN", "-5", "1e300", "9".repeat(400), "999999999999999", "\u001b[2J");

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

    @ParameterizedTest
    @ValueSource(strings = {"w", "k", "s", "h", "f", "q", "m", "p", "o", "y", "n", "c"})
    void fieldOfALimit_isMended_andNothingIsLost(String field) {
        CoordinatedProcess one = process();
        for (String value : GARBAGE) {
            LimitUse use = limitOfThirty(field + value);
            List<String> held =
                    Stream.generate(() -> one.granted(use)).limit(10).toList();
            held.subList(0, 5).forEach(one::settle);
        }
        for (String value : GARBAGE) {
            LimitUse use = limitOfThirty(field + value);
            String key = key(use);
            await().until(() -> "5".equals(other.hget(key, "s")));

            other.hset(key, field, value);

            assertThat(one.reserveAll(use)).as("%s=%s", field, value).hasSize(20);
            assertThat(other.hmget(key, "s", "h").stream().map(sum -> sum.getValue()))
                    .as("%s=%s", field, value)
                    .containsExactly("5", "25");
        }
        assertThat(one.status().alone()).isZero();
        assertTold(one, "ignored since the start");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s", "h"})
    void sumWrittenAgainAtOnce_refusesForSecondsOnly(String field) {
        CoordinatedProcess one = process();
        // Often enough that all of it happens within one millisecond of Redis's clock.
        for (int n = 0; n < 20; n++) {
            // None of so small a limit is ever free.
            refusesForSecondsOnly(one, field, new LimitUse(SCOPE, field + n, Limit.requests(10, HOUR), 1));
        }
    }

    private void refusesForSecondsOnly(CoordinatedProcess one, String field, LimitUse use) {
        one.use(use);
        other.hset(key(use), field, "999999999999999");
        assertThat(one.granted(use)).isNotEmpty();

        other.hset(key(use), field, "999999999999999");

        Grant grant = one.coordination()
                .reserve(List.of(use), CoordinatedProcess.TURN)
                .toCompletableFuture()
                .join();
        assertThat(grant)
                .isInstanceOfSatisfying(
                        Grant.Refused.class,
                        refused -> assertThat(refused.retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(10)));
    }

    @Test
    void slotsAndBlocks_areMended_andNothingIsLost() {
        CoordinatedProcess one = process();
        for (String value : GARBAGE) {
            LimitUse use = limitOfThirty(value);
            String key = key(use);
            List<String> held =
                    Stream.generate(() -> one.granted(use)).limit(10).toList();
            other.hset(key, "bx", value);
            other.hset(key, "by", "5 " + value);
            other.hset(key, "bz", value + " 5 0 1 1 0 0");
            other.hset(key, value, "5");
            other.hset(key, "n", "1");
            long now = Long.parseLong(other.time().get(0)) * 1_000 / 3_516;
            for (long slot = now - 1; slot < now + 10; slot++) {
                other.hset(key, Long.toString(slot), value.equals("999999999999999") ? "x" : value);
            }

            held.forEach(one::settle);
        }
        for (String value : GARBAGE) {
            LimitUse use = limitOfThirty(value);
            await().untilAsserted(() ->
                    assertThat(other.hget(key(use), "h")).as(value).isEqualTo("0"));
            assertThat(one.reserveAll(use)).as(value).hasSize(20);
        }
        assertThat(one.status().alone()).isZero();
    }

    /** Whoever waits gets what comes back, whatever is said to be promised to others. */
    @Test
    void promises_putOffForSecondsOnly() {
        CoordinatedProcess one = process();
        for (int n = 0; n < 3; n++) {
            LimitUse use = new LimitUse(SCOPE, "q" + n, Limit.requests(10, HOUR), 1);
            List<String> held = one.reserveAll(use);
            held.subList(1, 10).forEach(one::settle);
            await().until(() -> "9".equals(other.hget(key(use), "s")));

            // Again if the process has told something in between, which mended it.
            await().untilAsserted(() -> {
                other.hset(key(use), "q", "999999999999999");
                assertThat(one.reserve(use))
                        .isInstanceOfSatisfying(
                                Grant.Refused.class,
                                refused ->
                                        assertThat(refused.retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(10)));
            });
            one.release(held.get(0));
            await().until(() -> one.reserve(use) instanceof Grant.Granted);
        }
    }

    @Test
    void whatIsBeyondItsBound_isMended() {
        CoordinatedProcess one = process();
        one.use(limit("limit"));
        long now = Long.parseLong(other.time().get(0)) * 1_000;
        long month = Duration.ofDays(31).toMillis();
        long minute = Duration.ofMinutes(1).toMillis();
        long skew = HOUR.toMillis();

        assertThat(windowAfter(one, month, now + month)).isEqualTo(month);
        assertThat(windowAfter(one, month, now + month + skew + minute)).isEqualTo(HOUR.toMillis());
        assertThat(windowAfter(one, month + 1, now + month)).isEqualTo(HOUR.toMillis());

        long last = (now - HOUR.toMillis()) / 3_516 + 65_536;
        other.hset(LIMIT, Long.toString(last - 20), "5");
        other.hset(LIMIT, Long.toString(last + 20), "5");
        long day = now + Duration.ofDays(1).toMillis();
        other.hset(LIMIT, "bx", "7 " + day + " 0 1 1 3 " + (now + HOUR.toMillis()));
        other.hset(LIMIT, "by", "7 " + (day + skew + minute) + " 0 1 1 0 0");
        other.hset(LIMIT, "bz", "7 " + day + " 0 1 1 3 " + (now + HOUR.toMillis() + skew + minute));
        other.hset(LIMIT, "s", "NaN");
        one.granted(more("limit"));
        assertThat(other.hkeys(LIMIT)).contains(Long.toString(last - 20), "bx").doesNotContain("by", "bz");
        assertThat(other.hget(LIMIT, Long.toString(last + 20))).isNull();

        other.hset(STATE, "r", Long.toString(now + minute));
        one.reserve(more("limit"));
        assertThat(Long.parseLong(other.hget(STATE, "r"))
                        - Long.parseLong(other.time().get(0)) * 1_000)
                .isLessThanOrEqualTo(3_500);
        await().until(one::isInStep);

        String limits = text(KEYS.limits());
        String known = "{" + "a".repeat(32) + "}:limit:" + "b".repeat(32);
        other.zadd(limits, now + Duration.ofDays(32).toMillis(), known);
        other.zadd(limits, now + Duration.ofDays(32).toMillis() + skew + minute, known.replace('b', 'c'));
        await().until(() -> other.zscore(limits, known.replace('b', 'c')) == null);
        assertThat(other.zscore(limits, known)).isNotNull();
        assertTold(one, "ignored since the start");
    }

    /** Returns the window that a limit has once a process has used it. */
    private long windowAfter(CoordinatedProcess process, long window, long keptUntil) {
        other.hset(LIMIT, Map.of("w", Long.toString(window), "k", Long.toString(keptUntil)));
        process.granted(more("limit"));
        return Long.parseLong(other.hget(LIMIT, "w"));
    }

    @Test
    void moreThanAHundredThousandProcesses_areNone() {
        CoordinatedProcess one = process();
        long now = Long.parseLong(other.time().get(0)) * 1_000;
        List<ScoredValue<String>> fakes = IntStream.range(0, 99_990)
                .mapToObj(number -> ScoredValue.just(now, "fake-" + number))
                .toList();
        addAll(fakes);
        await().until(() -> one.status().processes() == 99_991);

        for (int more = 0; more < 20; more++) {
            other.zadd(text(KEYS.processes()), now, "more-" + more);
        }
        assertTold(one, "of more than 100000");
    }

    @SuppressWarnings("unchecked")
    private void addAll(List<ScoredValue<String>> processes) {
        other.zadd(text(KEYS.processes()), processes.toArray(ScoredValue[]::new));
    }

    @Test
    void survey_readsPastGarbage() {
        CoordinatedProcess one = process();
        LimitUse use = limit("limit");
        one.use(use);
        await().until(() -> "1".equals(other.hget(LIMIT, "s")));
        other.hset(LIMIT, "s", "NaN");
        other.zadd("whippletree:v2:limits", Double.POSITIVE_INFINITY, "garbage \u001b[2J");
        other.zadd("whippletree:v2:limits", 1e15, "{}:limit:");

        await().untilAsserted(() -> assertThat(other.zrange("whippletree:v2:limits", 0, -1))
                .isNotEmpty()
                .allMatch(place -> place.matches("\\{\\w{32}}:limit:\\w{32}")));
        assertThat(one.reserveAll(use)).hasSize(99);
        assertThat(one.status().connected()).isTrue();
        assertTold(one, "ignored since the start");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keyOfAnotherType_isReplaced(String key) {
        CoordinatedProcess one = process();
        CoordinatedProcess two = process();
        long alone = one.status().alone();
        other.del(key);
        if (key.contains(":claim:") || key.contains(":probe:")) {
            other.hset(key, "a", "b");
        } else {
            other.set(key, "a");
        }

        two.coordination().closed(new ScopeClosing(Scope.of("closed"), HOUR, true, "quota"));
        two.coordination().reopened(Scope.of("open"));
        await().until(one::isInStep);
        one.use(limit("limit"));
        assertThat(((Claim.Ours) one.claim(KEY)).agreed()).isTrue();
        assertThat(two.claim(KEY)).isInstanceOf(Claim.Others.class);
        assertThat(probe(one)).isTrue();
        assertThat(probe(two)).isFalse();
        await().until(() -> other.hlen("whippletree:v2:{scopes}:closings") == 1);
        await().untilAsserted(() -> assertThat(one.status().connected()).isTrue());
        assertThat(one.status().alone() == alone || key.equals(STATE)).isTrue();
        await().until(() -> told(one).contains(key) || told(two).contains(key));
    }

    static List<String> keys() {
        return List.of(
                LIMIT,
                STATE,
                text(KEYS.processes()),
                text(KEYS.limits()),
                text(KEYS.closings()),
                text(KEYS.claim(KEY)),
                text(KEYS.probe(SCOPE)));
    }

    /** Each costs a process a beat, so not all garbage is tried on each. */
    @ParameterizedTest
    @CsvSource({"e, NaN", "b, 999999999999999", "r, NaN", "t, NaN", "t, 999999999999999 0"})
    void stateOfAnOrganization_isMended(String field, String value) {
        CoordinatedProcess one = process();
        other.hset(STATE, field, value);

        await().until(one::isInStep);
        assertThat(one.reserveAll(limit("limit"))).hasSize(100);
        assertTold(one, STATE + " " + field + " is " + value);
    }

    @Test
    void processesOfTheFuture_arentCounted() {
        CoordinatedProcess one = process();
        for (int n = 0; n < 1_000; n++) {
            other.zadd(text(KEYS.processes()), n % 2 == 0 ? Double.POSITIVE_INFINITY : 1e15, "fake-" + n);
        }

        await().until(() -> other.zcard(text(KEYS.processes())) == 1);
        await().untilAsserted(() -> assertThat(one.status().processes()).isEqualTo(1));
        assertTold(one, "in the future");
    }

    @Test
    void claimsAndProbesThatNeverEnd_areTakenOver() {
        CoordinatedProcess one = processes.open(redis.uri(), Map.of("claim-lease", "5s"));
        CoordinatedProcess two = processes.open(redis.uri(), Map.of("claim-lease", "5s"));
        processes.awaitInStep();
        String claim = text(KEYS.claim(KEY));
        String probe = text(KEYS.probe(SCOPE));
        for (long millis : new long[] {-1, Duration.ofDays(36_500).toMillis()}) {
            other.set(claim, "garbage");
            other.set(probe, "garbage");
            if (millis > 0) {
                other.pexpire(claim, millis);
                other.pexpire(probe, millis);
            }
            Claim.Ours ours = (Claim.Ours) one.claim(KEY);
            assertThat(ours.agreed()).isTrue();
            assertThat(probe(one)).isTrue();
            ours.end().run();
            await().until(() -> other.exists(claim) == 0);
        }

        assertThat(one.claim(KEY)).isInstanceOf(Claim.Ours.class);
        Claim.Others waiting = (Claim.Others) two.claim(KEY);
        other.set(claim, "garbage");
        assertThat(waiting.ended()).succeedsWithin(Duration.ofSeconds(20));
        assertThat(((Claim.Ours) two.claim(KEY)).agreed()).isTrue();
        assertTold(one, "claimed for");
    }

    @Test
    void noticesThatCantBe_arentHeard_andReasonsAreFitForATerminal() {
        CoordinatedProcess one = process();
        CoordinatedProcess two = process();
        List<ScopeClosing> heard = one.hear();
        other.publish(text(KEYS.notices()), "1 abc CLOSED test/acme  NaN true hostile");
        other.publish(text(KEYS.notices()), "1 \u001b[2J REOPENED test/acme ");
        other.publish(text(KEYS.notices()), "x".repeat(1_000_000));

        two.coordination().closed(new ScopeClosing(SCOPE, HOUR, true, "red \u001b[31m \u009b2J \u202e \u2028"));

        await().until(() -> !heard.isEmpty());
        assertThat(heard)
                .singleElement()
                .satisfies(closing ->
                        assertThat(closing.reason()).matches("[ -~]*").startsWith("red "));
        assertTold(one, "3 values");
        assertThat(told(one)).matches("[ -~]*");
    }

    @Test
    void keptClosingsThatCantBe_areForgotten_andReplaced() {
        CoordinatedProcess one = process();
        String closings = text(KEYS.closings());
        String field = RedisKeys.scopeDigits(SCOPE);
        String notice = Notice.closed("abc", new ScopeClosing(SCOPE, HOUR, true, "hostile"))
                .text();
        for (String stop : GARBAGE) {
            other.hset(closings, "x" + stop, stop);
            other.hset(closings, field, stop + " " + notice);
            other.hset(closings, field + "o", "o" + stop + " " + notice);
        }
        assertThat(process().hear()).isEmpty();
        await().until(() -> other.hlen(closings) == 0);

        for (String stop : GARBAGE) {
            other.hset(closings, field, stop + " " + notice);
            one.coordination().reopened(SCOPE);
            one.coordination().closed(new ScopeClosing(SCOPE, HOUR, true, "true"));
            await().until(() -> other.hget(closings, field).endsWith(" true"));
        }
        List<ScopeClosing> heard = process().hear();
        await().until(() -> heard.size() == 1);
        assertThat(heard.get(0).remaining()).isLessThanOrEqualTo(HOUR);
        assertThat(one.status().connected()).isTrue();
    }

    @Test
    void keptClosing_holdsNoLongerThanItsNoticeSays() {
        String notice = Notice.closed("abc", new ScopeClosing(SCOPE, Duration.ofMinutes(1), false, "hostile"))
                .text();
        long inAMonth = Long.parseLong(other.time().get(0)) * 1_000
                + Duration.ofDays(30).toMillis();
        other.hset(text(KEYS.closings()), RedisKeys.scopeDigits(SCOPE), inAMonth + " " + notice);

        List<ScopeClosing> heard = process().hear();

        await().until(() -> heard.size() == 1);
        assertThat(heard.get(0).remaining()).isEqualTo(Duration.ofMinutes(1));
    }

    private static boolean probe(CoordinatedProcess process) {
        return process.coordination()
                .claimProbe(SCOPE, HOUR)
                .toCompletableFuture()
                .join();
    }

    private static void assertTold(CoordinatedProcess process, String words) {
        await().untilAsserted(() -> assertThat(told(process)).contains(words));
    }

    private static String told(CoordinatedProcess process) {
        return process.status().problem().orElse("");
    }

    private CoordinatedProcess process() {
        CoordinatedProcess process = processes.open(redis.uri());
        await().until(process::isInStep);
        return process;
    }

    /** Returns more of the limit than is ever free of it, so that Redis is asked. */
    private static LimitUse more(String name) {
        return new LimitUse(SCOPE, name, Limit.requests(100, HOUR), 6);
    }

    private static LimitUse limit(String name) {
        return new LimitUse(SCOPE, name, Limit.requests(100, HOUR), 1);
    }

    private static LimitUse limitOfThirty(String name) {
        return new LimitUse(SCOPE, name, Limit.requests(30, HOUR), 1);
    }

    private static String key(LimitUse use) {
        return text(KEYS.limit(SCOPE.organization(), LimitName.of(use)));
    }

    private static String text(byte[] key) {
        return new String(key, US_ASCII);
    }
}
