package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WireDurationTest {

    @ParameterizedTest
    @CsvSource({
        "370ms, PT0.37S",
        "6s, PT6S",
        "3m6s, PT3M6S",
        "2m59.56s, PT2M59.56S",
        "1h23m31s, PT1H23M31S",
        "149.8ms, PT0.1498S",
        "6.780999999s, PT6.780999999S",
        "1m26.4s, PT1M26.4S",
        "5m, PT5M",
        "24h, PT24H",
        "12.5µs, PT0.0000125S",
        "12us, PT0.000012S",
        "7ns, PT0.000000007S",
        "0s, PT0S",
        "744h, P31D",
        "' 7.66s ', PT7.66S"
    })
    void goDuration_isRead(String text, Duration expected) {
        assertThat(WireDuration.go(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "soon", "-5s", "5", "5 s", "1d", "1s2m", "s", "..s", "1e3s", "99999999999s", "744h1ns"})
    void whatIsNoGoDuration_isNothing(String text) {
        assertThat(WireDuration.go(text)).isEmpty();
    }

    @Test
    void fractionOfANanosecond_isRoundedUp() {
        assertThat(WireDuration.go("0.0000001ms")).contains(Duration.ofNanos(1));
    }

    @ParameterizedTest
    @CsvSource({"2, PT2S", "0, PT0S", "0.25, PT0.25S", "7.123456789012, PT7.12345679S"})
    void seconds_areRead(String text, Duration expected) {
        assertThat(WireDuration.seconds(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1s", "NaN", "1.", "2678401", "99999999999999999999"})
    void whatIsNoNumberOfSeconds_isNothing(String text) {
        assertThat(WireDuration.seconds(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5, PT6S", "0, PT1S", "5.0, PT5S", "5s, PT5S", "0.5, PT0.5S"})
    void untilReset_addsASecondToWhatWasRounded(String text, Duration expected) {
        assertThat(WireDuration.untilReset(text)).contains(expected);
    }
}
