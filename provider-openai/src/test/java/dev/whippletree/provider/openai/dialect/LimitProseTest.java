package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitProseTest {

    /** Each unit would take stack if their number weren't bounded. */
    @Test
    void waitThatGoesOnAndOn_isNone() {
        assertThat(LimitProse.wait("Please try again in " + "1s".repeat(100_000)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. | 6000 tokens / 1m | 5034 | 1443",
                "requests per minute (RPM): Limit 30, Used 30, Requested 1. | 30 requests / 1m | 30 | 1",
                "requests per day (RPD): Limit 1000, Used 1000, Requested 1. | 1000 requests / 1d | 1000 | 1",
                "tokens per day (TPD): Limit 200000, Used 199999, Requested ~900. | 200000 tokens / 1d | 199999 | 900",
                "tokens per min (TPM): Limit: 10000, Used: 1, Requested: 2 | 10000 tokens / 1m | 1 | 2",
                "input tokens per minute (ITPM): Limit 5000, Used 4000, Requested 1443. | 5000 input-tokens / 1m |"
                        + " 4000 | 1443",
                "output tokens per day: Limit 5000, Used 4000, Requested 2000. | 5000 output-tokens / 1d | 4000 | 2000",
                "requests per hour: Limit 1000, Used 1000, Requested 1 | 1000 requests / 1h | 1000 | 1",
                "tokens per day (TPD): Limit 1,200,000, Used 999,999, Requested 12,345. | 1200000 tokens / 1d | 999999"
                        + " | 12345"
            })
    void limit_isRead(String words, String limit, long used, long requested) {
        LimitProse prose =
                LimitProse.find("Rate limit reached for model `M` on " + words).orElseThrow();

        assertThat(prose.limit()).isEqualTo(Limit.parse(limit));
        assertThat(prose.used()).hasValue(used);
        assertThat(prose.requested()).hasValue(requested);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Too many requests",
                "tokens per minute (TPM): Limit 0",
                "tokens per fortnight: Limit 5",
                "tokens per day: Limit 1234567890123456",
                "tokens per day: Limit 8.5"
            })
    void otherWords_areNoLimit(String words) {
        assertThat(LimitProse.find(words)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Please try again in 4.77s. Need more? | PT4.77S",
                "Please try again in 1m26.4s. | PT1M26.4S",
                "please try again in 149.8ms | PT0.1498S",
                "Please try again in 2h3m. Visit | PT2H3M",
                "Please retry after 26 seconds. | PT26S",
                "try again in 1 Minute. | PT1M",
                "retry after 1.5 seconds | PT1.5S"
            })
    void wait_isRead(String words, Duration expected) {
        assertThat(LimitProse.wait(words)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "try again in 5m30",
                "try again in soon",
                "try again in -5s",
                "try again in 9999999h",
                "try again in 5 fortnights",
                "retry after 2.5 minutes and a bit"
            })
    void waitThatCannotBeRead_isNone(String words) {
        assertThat(LimitProse.wait(words)).isEmpty();
    }

    /** What was used follows from the wait where it isn't said; without one, all was. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "requests per day: Limit 1000, Used 58, Requested 1 | 942 | PT1H23M31.2S | ",
                "tokens per minute: Limit 6000, Used 5034, Requested 1443 | 966 | PT50.34S | PT4.77S",
                "tokens per minute: Limit 6000, Requested 1443. Please try again in 4.77s. | 966 | PT50.34S | ",
                "tokens per minute: Limit 6000, Requested 1443. Please try again in 4.771s. | 965 | PT50.35S | ",
                "requests per minute: Limit 30, Requested 1. Please try again in 1s. | 0 | PT1M | ",
                "requests per minute: Limit 30, Requested 1. Please try again in 5m. | 0 | PT1M | ",
                "requests per minute: Limit 30, Requested 1. | 0 | PT1M | ",
                "tokens per minute: Limit 8000, Requested 8000. | 0 | PT1M | ",
                "requests per minute: Limit 30. Please try again in 1s. | 0 | PT1M | ",
                "tokens per day: Limit 100, Used 130, Requested 1 | 0 | PT31H12M | PT7H26M24S",
                "tokens per day: Limit 100, Used 99, Requested 1 | 1 | PT23H45M36S | ",
                "tokens per minute: Limit 8000, Requested 8001, please reduce | | | "
            })
    void continuousReport_isFullOnceWhatWasUsedIsBack_andRoomComesWithWhatIsMissing(
            String words, @Nullable Long left, @Nullable Duration full, @Nullable Duration room) {
        LimitProse prose = LimitProse.find(words).orElseThrow();

        assertThat(prose.continuousReport(Reach.MODEL))
                .isEqualTo(new RateLimitReport(
                        Reach.MODEL,
                        prose.limit().unit(),
                        OptionalLong.of(prose.limit().amount()),
                        left == null ? OptionalLong.empty() : OptionalLong.of(left),
                        Optional.of(prose.limit().window()),
                        RateLimitReport.Refill.CONTINUOUS,
                        Optional.ofNullable(full)));
        assertThat(prose.untilRoom()).isEqualTo(Optional.ofNullable(room));
        assertThat(prose.neverFits()).isEqualTo(left == null);
        assertThat(prose.isDaily()).isEqualTo(words.contains("day"));
    }
}
