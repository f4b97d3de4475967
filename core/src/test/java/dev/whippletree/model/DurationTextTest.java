package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.0000001S, 1 ms",
        "PT0.212S, 212 ms",
        "PT0.9991S, 1 s",
        "PT1.41S, 1.5 s",
        "PT2S, 2 s",
        "PT9.91S, 10 s",
        "PT12S, 12 s",
        "PT11.5S, 12 s",
        "PT59.1S, 1 min",
        "PT2M, 2 min",
        "PT4M11.2S, 4 min 12 s",
        "PT59M59.5S, 1 h",
        "PT1H29M1S, 1 h 30 min",
        "PT23H59M30S, 1 d",
        "PT50H1S, 2 d 3 h",
        "PT72H, 3 d",
        "P999999D, 999999 d"
    })
    void durations_areWrittenAsPeopleSayThem(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:00:05Z, 2026-01-01T00:00:05Z",
        "2026-01-01T00:00:05.000000001Z, 2026-01-01T00:00:06Z",
        "2026-01-01T00:00:05.999Z, 2026-01-01T00:00:06Z"
    })
    void times_areNeverToldTooEarly(Instant time, String second) {
        assertThat(DurationText.second(time)).isEqualTo(second);
    }
}
