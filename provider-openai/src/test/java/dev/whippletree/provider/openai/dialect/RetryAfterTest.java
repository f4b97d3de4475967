package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.Bench;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | PT2S",
                "0 | PT0S",
                "1.5 | PT1.5S",
                "Wed, 25 Nov 2026 10:00:30 GMT | PT30S",
                "Wed, 25 Nov 2026 10:00:00 GMT | PT0S",
                "2678401 | P31D",
                "99999999999999999999 | P31D",
                "18446744073709551615.5 | P31D",
                "999999999999 | P31D",
                "Fri, 31 Dec 9999 23:59:59 GMT | P31D",
                "1795600830 | PT30S",
                "1900000000 | P31D"
            })
    void wait_isRead(String header, Duration expected) {
        assertThat(read(Map.of("Retry-After", header))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "soon",
                "-3",
                "",
                "Wed, 25 Nov 2026 09:59:59 GMT",
                "Wed, 99 Nov 2026 10:00:00 GMT",
                "1e9",
                "1795600799",
                "-99999999999999999999",
                "\u0665",
                "NaN"
            })
    void whatCannotBeReadOrIsOver_isIgnored(String header) {
        assertThat(RetryAfter.of(new ResponseHead(429, Map.of("Retry-After", header)), () -> Bench.NOW))
                .isEmpty();
    }

    @Test
    void anyNumberOfDigits_isReadAtOnce() {
        assertThat(read(Map.of("Retry-After", "9".repeat(200_000)))).isEqualTo(Duration.ofDays(31));
        assertThat(read(Map.of("retry-after-ms", "99999999999999999999"))).isEqualTo(Duration.ofDays(31));
    }

    @Test
    void milliseconds_comeFirst() {
        assertThat(read(Map.of("retry-after-ms", "250", "retry-after", "1"))).isEqualTo(Duration.ofMillis(250));
        assertThat(read(Map.of("retry-after-ms", "junk", "retry-after", "1"))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void date_isMeantByTheServicesClock() {
        String then = "Wed, 25 Nov 2026 12:00:30 GMT";
        assertThat(read(Map.of("Retry-After", then, "Date", "Wed, 25 Nov 2026 12:00:00 GMT")))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(read(Map.of("Retry-After", "Wed, 25 Nov 2026 10:00:30 GMT", "Date", "yesterday")))
                .as("without a date that can be read, by ours")
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(read(Map.of("Retry-After", "7", "Date", then))).isEqualTo(Duration.ofSeconds(7));
    }

    private static Duration read(Map<String, String> headers) {
        return RetryAfter.of(new ResponseHead(429, headers), () -> Bench.NOW).orElseThrow();
    }
}
