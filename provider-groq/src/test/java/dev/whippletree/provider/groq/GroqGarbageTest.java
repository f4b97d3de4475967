package dev.whippletree.provider.groq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import dev.whippletree.testkit.provider.Garbage;
import java.net.URI;
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
 * What Groq says of limits, garbled: nothing is thrown, nothing absurd believed, and the rest still read. Failures name
 * their seed.
 */
@Tag("slow")
final class GroqGarbageTest {

    private static final int EACH = 100;
    private static final Duration LONGEST = Duration.ofDays(31).plusSeconds(1);
    private static final List<String> OF_REQUESTS =
            List.of("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests");
    private static final String PROSE =
            "Rate limit reached for model `M` in organization `org_01x` service tier `on_demand`"
                    + " on requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 2s. Visit"
                    + " https://console.groq.com/docs/rate-limits for more information.";

    private final GroqDialect dialect = new GroqDialect(URI.create("https://api.groq.com/openai/v1/chat/completions"));

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    private static void assertSane(RateLimitReport report) {
        assertThat(report.reach()).isEqualTo(Reach.MODEL);
        assertThat(report.window()).isPresent();
        report.reset().ifPresent(reset -> assertThat(reset).isBetween(Duration.ZERO, LONGEST));
        report.amount().ifPresent(amount -> assertThat(amount).isPositive());
        report.remaining().ifPresent(left -> assertThat(left).isNotNegative());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void garbledHeaders_areNoReportOrASaneOne_andTheOtherUnitsAreStillRead(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            Map<String, String> headers = new HashMap<>(garbage.headers(OF_REQUESTS));
            headers.put("x-ratelimit-limit-tokens", "8000");
            headers.put("x-ratelimit-remaining-tokens", "7950");
            headers.put("x-ratelimit-reset-tokens", garbage.value());

            List<RateLimitReport> reports = dialect.limits(new ResponseHead(200, headers));

            assertThat(reports).as("%s", headers).allSatisfy(GroqGarbageTest::assertSane);
            assertThat(reports).as("%s", headers).anySatisfy(report -> {
                assertThat(report.unit()).isEqualTo(Limit.Unit.TOKENS);
                assertThat(report.amount()).hasValue(8_000);
                assertThat(report.remaining()).hasValue(7_950);
                assertThat(report.reset()).isPresent();
            });
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void garbledProse_isStillARefusal_thatClosesTheModelForASaneTime(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < EACH; count++) {
            String words = garbage.damaged(PROSE) + garbage.message();
            ServiceError error = new ServiceError(
                    new ResponseHead(429, garbage.headers(OF_REQUESTS)),
                    429,
                    words,
                    Optional.of("rate_limit_exceeded"),
                    Optional.of("requests"),
                    Optional.of(Duration.ofSeconds(2)));

            assertThat(dialect.limits(error)).as(words).allSatisfy(GroqGarbageTest::assertSane);
            Verdict verdict = dialect.judge(error);
            assertThat(verdict.kind())
                    .as(words)
                    .isIn(FailureKind.RATE_LIMITED, FailureKind.QUOTA_EXHAUSTED, FailureKind.TOO_LARGE);
            assertThat(verdict.reach()).isEqualTo(Reach.MODEL);
            verdict.retryAfter().ifPresent(wait -> assertThat(wait).as(words).isBetween(Duration.ZERO, LONGEST));
        }
    }
}
