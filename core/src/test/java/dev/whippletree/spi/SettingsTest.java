package dev.whippletree.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {

    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void values_areReadWithTheirTypeAndUnit() {
        Settings settings = new Settings("cache map", Map.of("shared", "True", "one", " 1 ", "twelve", "12"));

        assertThat(settings.bool("shared")).contains(true);
        assertThat(settings.text("shared")).contains("True");
        assertThat(settings.integer("one", 1, 12)).contains(1);
        assertThat(settings.integer("twelve", 1, 12)).contains(12);
        assertThat(settings.duration("absent")).isEmpty();
        assertThat(Stream.of("250ms", "3 s", "4m", "5H", "6d", "2w").map(Settings::parseDuration))
                .containsExactly(
                        Duration.ofMillis(250),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(4),
                        Duration.ofHours(5),
                        DAY.multipliedBy(6),
                        DAY.multipliedBy(14));
        assertThat(Stream.of("7", "8b", "2KB", "3 mb", "1GB").map(Settings::parseBytes))
                .containsExactly(7L, 8L, 2_048L, 3L << 20, 1L << 30);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | a whole number from 1 to 12",
                "13 | a whole number from 1 to 12",
                "0s | a duration such as 250ms, 30s, 5m, 1h, 1d, 1w",
                "many | a size such as 512KB, 64MB, 1GB",
                "999999999999gb | a size such as 512KB, 64MB, 1GB",
                "yes | true or false"
            })
    void wrongValue_isShownWithItsPlaceAndForm(String value, String form) {
        Settings settings = new Settings("cache map", Map.of("x", value));

        assertThatThrownBy(() -> {
                    if (form.contains("number")) {
                        settings.integer("x", 1, 12);
                    } else if (form.contains("duration")) {
                        settings.duration("x");
                    } else if (form.contains("size")) {
                        settings.bytes("x");
                    } else {
                        settings.bool("x");
                    }
                })
                .hasMessage("cache map: x is " + form + ", not '" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"password", "token", "uri", "base-url", "client-secret", "credential", "api-key", "Token-Ttl"})
    void wrongValueOfWhatMayBeSecret_isNotShown_norInTheCause(String name) {
        Settings settings = new Settings("cache redis", Map.of(name, "open-sesame"));

        assertThatThrownBy(() -> settings.duration(name))
                .hasMessageStartingWith("cache redis: " + name + " is a duration")
                .hasMessageNotContaining("sesame")
                .hasNoCause();
        assertThat(settings).hasToString("settings of cache redis: [" + name + "]");
    }
}
