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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitHeadersTest {

    @Test
    void bothUnits_areReported_withoutAWordOfHowTheyRefill() {
        List<RateLimitReport> reports = read(Map.of(
                "X-RateLimit-Limit-Requests", "350",
                "x-ratelimit-remaining-requests", "12",
                "x-ratelimit-reset-requests", "7",
                "x-ratelimit-limit-tokens", "123456789012345678",
                "x-ratelimit-remaining-tokens", "0",
                "x-ratelimit-reset-tokens", "7.66s"));

        assertThat(reports)
                .containsExactly(
                        report(Limit.Unit.REQUESTS, 350, 12, Duration.ofSeconds(8)),
                        report(Limit.Unit.TOKENS, 123_456_789_012_345_678L, 0, Duration.ofMillis(7_660)));
    }

    /** Half a request left is none; a number that can't be read isn't 0. */
    @ParameterizedTest
    @ValueSource(strings = {"-1", "many", "", "1.5", "0.5", "0x10", "99999999999999999999"})
    void numberThatCannotBeRead_isAbsent(String value) {
        assertThat(read(Map.of("x-ratelimit-limit-requests", value))).isEmpty();
        assertThat(read(Map.of("x-ratelimit-limit-tokens", "9", "x-ratelimit-remaining-tokens", value)))
                .singleElement()
                .extracting(RateLimitReport::remaining)
                .isEqualTo(OptionalLong.empty());
        assertThat(read(Map.of("x-ratelimit-remaining-tokens", "3", "x-ratelimit-limit-tokens", value)))
                .containsExactly(new RateLimitReport(
                        Reach.UNKNOWN,
                        Limit.Unit.TOKENS,
                        OptionalLong.empty(),
                        OptionalLong.of(3),
                        Optional.empty(),
                        RateLimitReport.Refill.UNSAID,
                        Optional.empty()));
    }

    @Test
    void limitOfNothing_orAResetAlone_isNoReport() {
        assertThat(read(Map.of("x-ratelimit-limit-requests", "0"))).isEmpty();
        assertThat(read(Map.of("x-ratelimit-reset-requests", "5"))).isEmpty();
    }

    /** What is used is rounded up: with one more than there are, a call would be refused. */
    @ParameterizedTest
    @CsvSource({
        "942, soon, 942, PT1H23M31.2S",
        "NaN, 1h23m31.2s, 942, PT1H23M31.2S",
        "NaN, 1h23m31.3s, 941, PT1H23M31.3S",
        "NaN, 48h, 0, PT48H",
        "1001, soon, 1001, PT0S",
        "7, 20s, 7, PT20S",
        "NaN, soon, , "
    })
    void ofALimitThatRefillsBitByBit_restAndResetFollowFromEachOther(
            String remaining, String reset, @Nullable Long left, @Nullable Duration full) {
        assertThat(continuous(Map.of(
                        "x-ratelimit-limit-requests", "1000",
                        "x-ratelimit-remaining-requests", remaining,
                        "x-ratelimit-reset-requests", reset)))
                .isEqualTo(new RateLimitReport(
                        Reach.MODEL,
                        Limit.Unit.REQUESTS,
                        OptionalLong.of(1000),
                        left == null ? OptionalLong.empty() : OptionalLong.of(left),
                        Optional.of(Duration.ofDays(1)),
                        RateLimitReport.Refill.CONTINUOUS,
                        Optional.ofNullable(full)));
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
