package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitTest {

    @ParameterizedTest
    @CsvSource({
        "30/min, 30 requests / 1m",
        "1000 requests / 1h, 1000 requests / 1h",
        "8000 tokens / min, 8000 tokens / 1m",
        "8000 tok/m, 8000 tokens / 1m",
        "1000 input-tokens / 1m, 1000 input-tokens / 1m",
        "500 output-tokens / 1m, 500 output-tokens / 1m",
        "1000 Input Tokens / 90s, 1000 input-tokens / 90s",
        "500output-tok/d, 500 output-tokens / 1d",
        "5 request / 2 sec, 5 requests / 2s",
        "7 / ms, 7 requests / 1ms",
        "9 output tok / 2 hour, 9 output-tokens / 2h",
        "1 token / 24h, 1 tokens / 1d",
        "2/day, 2 requests / 1d"
    })
    void limit_isReadAsPeopleWriteIt(String written, String meant) {
        assertThat(Limit.parse(written)).hasToString(meant);
        assertThat(Limit.parse(meant)).isEqualTo(Limit.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "many",
                "1000 input / 1m",
                "1000 input-requests / 1m",
                "5 in-tokens / 1m",
                "5 inputtokens / 1m"
            })
    void whatIsNoLimit_isRefusedWithExamples(String written) {
        assertThatThrownBy(() -> Limit.parse(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'1000 requests / 1h', '8000 tokens / 1m' or '5000 input-tokens / 1m'");
    }

    @Test
    void windowThatIsTooLong_isRefused() {
        assertThat(Limit.parse("1 / 106751d").window()).isEqualTo(Duration.ofDays(106_751));
        assertThatThrownBy(() -> Limit.parse("1 / 106752d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a limit's window must be at most 106751d, not 106752d");
        assertThatThrownBy(() -> Limit.requests(1, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(Limit.Unit.class)
    void everyUnit_isReadAsItIsWritten(Limit.Unit unit) {
        Limit limit = new Limit(unit, 7, Duration.ofHours(3));
        assertThat(Limit.parse(limit.toString())).isEqualTo(limit);
    }

    @Test
    void units_countWhatTheySay() {
        TokenCount tokens = new TokenCount(70, 5);
        assertThat(Limit.Unit.REQUESTS.amountOf(tokens)).isEqualTo(1);
        assertThat(Limit.Unit.TOKENS.amountOf(tokens)).isEqualTo(75);
        assertThat(Limit.Unit.INPUT_TOKENS.amountOf(tokens)).isEqualTo(70);
        assertThat(Limit.Unit.OUTPUT_TOKENS.amountOf(tokens)).isEqualTo(5);
    }

    @Test
    void amountsOfAReport_areInTheirRanges() {
        assertThat(report(1, 0).amount()).hasValue(1);
        assertThatThrownBy(() -> report(0, 0)).hasMessage("a report's amount can't be 0");
        assertThatThrownBy(() -> report(1, -1)).hasMessage("a report's remaining can't be -1");
    }

    private static RateLimitReport report(long amount, long remaining) {
        return new RateLimitReport(
                Reach.MODEL,
                Limit.Unit.TOKENS,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                Optional.empty(),
                RateLimitReport.Refill.UNSAID,
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"0.10 usd / month, 0.10 usd / month", "0.10USD/MONTH, 0.10 usd / month", "' 2 eur / mo ', 2 eur / month"
    })
    void formsThatPeopleWrite_areRead(String text, String read) {
        assertThat(Credit.parse(text)).hasToString(read);
        assertThat(Credit.parse(read)).isEqualTo(Credit.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "plenty", "$5", "-1 usd / month", "1 usd", "1 / month", "1 usd / year", "1e9 usd / month"})
    void otherForms_areRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Credit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a credit")
                .hasMessageContaining("0.10 usd / month");
    }

    @Test
    void nothing_isNoCredit() {
        assertThatThrownBy(() -> Credit.parse("0.00 usd / month"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a credit must be above 0, not 0.00");
    }
}
