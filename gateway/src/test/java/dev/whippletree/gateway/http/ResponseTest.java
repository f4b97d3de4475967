package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResponseTest {

    @ParameterizedTest
    @CsvSource({"PT0S, 1", "PT0.001S, 1", "PT1S, 1", "PT1.000000001S, 2", "PT59.9S, 60", "PT24H, 86400"})
    void retryAfter_isNeverTooShort(Duration wait, long seconds) {
        assertThat(Response.wholeSeconds(wait)).isEqualTo(seconds);
    }
}
