package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.testkit.provider.Garbage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in headers and refusals: nothing is thrown, no time is negative or beyond the longest window there
 * is, no amount beyond its range, and what can be read is read. A hundred seeds of a hundred messages each; each
 * failure names its seed.
 */
@Tag("slow")
final class GarbageTest {

    private static final int EACH = 100;
    private static final Duration LONGEST = Duration.ofDays(31).plusSeconds(1);
    private static final List<String> TIMES = List.of("retry-after", "retry-after-ms", "date");
    private static final List<String> LIMITS = List.of(
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "x-ratelimit-limit-tokens",
            "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset-tokens");
    private static final String PROSE =
            "Rate limit reached for model `M` in organization `org_1` service tier `on_demand` on"
                    + " tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s. Need more?";

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    private static void assertSane(Optional<Duration> time) {
        time.ifPresent(value -> assertThat(value).isBetween(Duration.ZERO, LONGEST));
    }

    private static void assertSane(RateLimitReport report) {
        assertSane(report.reset());
        assertSane(report.window());
        report.amount().ifPresent(amount -> assertThat(amount).isPositive());
        report.remaining().ifPresent(left -> assertThat(left).isNotNegative());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void waits_areSaneOrNone(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            assertSane(RetryAfter.of(new ResponseHead(429, garbage.headers(TIMES)), () -> Bench.NOW));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void durations_areSaneOrNone(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            String text = garbage.value();
            assertSane(WireDuration.go(text));
            assertSane(WireDuration.seconds(text));
            assertSane(WireDuration.wait(text, Duration.ofMillis(1)));
            assertSane(WireDuration.untilReset(text));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void reports_areSaneOrNone(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            ResponseHead head = new ResponseHead(200, garbage.headers(LIMITS));
            assertThat(RateLimitHeaders.ofUnknownService(head)).allSatisfy(GarbageTest::assertSane);
            for (Limit.Unit unit : List.of(Limit.Unit.REQUESTS, Limit.Unit.TOKENS)) {
                RateLimitHeaders.of(unit, head)
                        .ifPresent(read -> assertSane(read.continuousReport(Reach.MODEL, Duration.ofDays(1))));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void words_areReadSanelyOrNot(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            for (String message : List.of(garbage.message(), garbage.damaged(PROSE))) {
                assertSane(LimitProse.wait(message));
                LimitProse.find(message).ifPresent(prose -> {
                    assertSane(prose.untilRoom());
                    assertSane(prose.continuousReport(Reach.MODEL));
                });
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void refusalInGarbledWords_isStillARefusal_withASaneWait(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            Map<String, String> headers = new HashMap<>(garbage.headers(LIMITS));
            headers.putAll(garbage.headers(TIMES));
            String body = garbage.damaged("{\"error\":{\"message\":\"" + PROSE
                    + "\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"},\"estimated_time\":" + garbage.value()
                    + "}");

            ServiceError error = Bench.error(429, headers, body);
            Verdict verdict = FailureTable.judge(error, RateLimitHeaders.ofUnknownService(error.head()));

            assertThat(verdict.kind())
                    .as("%s", body)
                    .isIn(FailureKind.RATE_LIMITED, FailureKind.QUOTA_EXHAUSTED, FailureKind.TOO_LARGE);
            assertSane(verdict.retryAfter());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsWhole_isReadBesideWhatIsNot(long seed) {
        Garbage garbage = new Garbage(seed);
        Map<String, String> headers = new HashMap<>(garbage.headers(LIMITS.subList(0, 3)));
        headers.putAll(garbage.headers(TIMES));
        headers.put("x-ratelimit-limit-tokens", "8000");
        headers.put("x-ratelimit-remaining-tokens", "7950");
        headers.put("x-ratelimit-reset-tokens", "375ms");

        assertThat(RateLimitHeaders.ofUnknownService(new ResponseHead(200, headers)))
                .anySatisfy(report -> {
                    assertThat(report.amount()).hasValue(8_000);
                    assertThat(report.remaining()).hasValue(7_950);
                    assertThat(report.reset()).contains(Duration.ofMillis(375));
                });
        assertThat(FailureTable.judge(
                                Bench.error(429, headers, "{\"error\":{\"message\":\"" + PROSE + "\"}}"), List.of())
                        .retryAfter())
                .contains(Duration.ofMillis(4_770));
    }
}
