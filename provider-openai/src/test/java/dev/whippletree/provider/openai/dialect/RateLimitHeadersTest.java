package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitHeadersTest {

    @Test
    void bothUnits_areReported_withoutAWordOfHowTheyRefill() {
        List<RateLimitReport> reports = read(Map.of(
                "X-RateLimit-Limit-Requests", "350",
                "x-ratelimit-remaining-requests", "12",
                "x-ratelimit-reset-requests", "7",
                "x-ratelimit-limit-tokens", "18000",
                "x-ratelimit-remaining-tokens", "0",
                "x-ratelimit-reset-tokens", "7.66s"));

        assertThat(reports)
                .containsExactly(
                        report(Limit.Unit.REQUESTS, 350, 12, Duration.ofSeconds(8)),
                        report(Limit.Unit.TOKENS, 18_000, 0, Duration.ofMillis(7_660)));
    }

    @Test
    void partOfTheHeaders_isReportedAsFarAsItGoes() {
        RateLimitReport report =
                read(Map.of("x-ratelimit-remaining-requests", "3")).get(0);

        assertThat(report.remaining()).hasValue(3);
        assertThat(report.amount()).isEmpty();
        assertThat(report.reset()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "many", "", "1.5", "0x10", "99999999999999999999"})
    void amountThatCannotBeRead_isNoReport(String value) {
        assertThat(read(Map.of("x-ratelimit-limit-requests", value))).isEmpty();
    }

    @Test
    void amountOfNothing_isNoAmount() {
        assertThat(read(Map.of("x-ratelimit-limit-requests", "0"))).isEmpty();
    }

    @Test
    void noHeaders_areNoReport() {
        assertThat(read(Map.of("x-ratelimit-reset-requests", "5"))).isEmpty();
    }

    @Test
    void ofALimitThatRefillsBitByBit_restAndResetFollowFromEachOther() {
        assertThat(continuous(Map.of(
                        "x-ratelimit-limit-requests", "1000",
                        "x-ratelimit-remaining-requests", "942",
                        "x-ratelimit-reset-requests", "soon")))
                .satisfies(report -> assertThat(report.reset())
                        .contains(Duration.ofHours(1).plusMinutes(23).plusMillis(31_200)));
        assertThat(continuous(Map.of(
                        "x-ratelimit-limit-requests", "1000",
                        "x-ratelimit-remaining-requests", "NaN",
                        "x-ratelimit-reset-requests", "1h23m31.2s")))
                .satisfies(report -> assertThat(report.remaining()).hasValue(942));
        assertThat(continuous(Map.of("x-ratelimit-limit-requests", "1000")).remaining())
                .isEmpty();
    }

    private static RateLimitReport continuous(Map<String, String> headers) {
        return RateLimitHeaders.of(Limit.Unit.REQUESTS, new ResponseHead(200, headers))
                .orElseThrow()
                .continuousReport(Reach.MODEL, Duration.ofDays(1));
    }

    private static List<RateLimitReport> read(Map<String, String> headers) {
        return RateLimitHeaders.ofUnknownService(new ResponseHead(200, headers));
    }

    private static RateLimitReport report(Limit.Unit unit, long amount, long remaining, Duration reset) {
        return new RateLimitReport(
                Reach.UNKNOWN,
                unit,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                Optional.empty(),
                RateLimitReport.Refill.UNSAID,
                Optional.of(reset));
    }
}
