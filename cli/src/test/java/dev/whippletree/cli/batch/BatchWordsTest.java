package dev.whippletree.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.batch.BatchProgress;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class BatchWordsTest {

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

    private static BatchProgress progress(Optional<BatchProgress.Forecast> forecast, Optional<String> held) {
        return new BatchProgress(
                OptionalLong.of(100),
                10,
                20,
                5,
                1,
                16,
                4,
                Duration.ofMinutes(2),
                12.4,
                Optional.of(new BigDecimal("0.50")),
                forecast,
                held,
                Optional.empty());
    }

    @Test
    void runThatGoesOn_saysWhenItIsDone() {
        BatchProgress progress = progress(
                Optional.of(new BatchProgress.Forecast(Duration.ofMinutes(7), Optional.of(Duration.ofMinutes(7)))),
                Optional.empty());

        assertThat(BatchWords.line(progress, NOW, ZoneOffset.UTC))
                .isEqualTo(
                        "30 done, 1 failed, 5 from cache, 16 calls, 12/min, cost 0.5, done in 7 m 00 s, at 10:07:00");
    }

    @Test
    void runThatCannotWrite_saysWhy() {
        BatchProgress progress =
                progress(Optional.empty(), Optional.of("a.jsonl can't be written: No space left on device"));

        assertThat(BatchWords.line(progress, NOW, ZoneOffset.UTC))
                .endsWith(", waiting: a.jsonl can't be written: No space left on device");
        assertThat(BatchWords.json(progress, NOW))
                .containsEntry("held", "a.jsonl can't be written: No space left on device");
    }

    @Test
    void range_saysWhatIsKnownOfIt() {
        Duration least = Duration.ofMinutes(7);
        Optional<Duration> most = Optional.of(Duration.ofMinutes(9));

        assertThat(BatchWords.end(new BatchProgress.Forecast(least, most), NOW, ZoneOffset.UTC))
                .isEqualTo("done in 7 m 00 s to 9 m 00 s");
        assertThat(BatchWords.end(new BatchProgress.Forecast(Duration.ZERO, most), NOW, ZoneOffset.UTC))
                .isEqualTo("done within 9 m 00 s");
        assertThat(BatchWords.end(new BatchProgress.Forecast(least, Optional.empty()), NOW, ZoneOffset.UTC))
                .isEqualTo("done in 7 m 00 s or more");
    }
}
