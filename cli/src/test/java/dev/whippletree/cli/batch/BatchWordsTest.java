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
        return progress(forecast, Optional.empty(), held);
    }

    private static BatchProgress progress(
            Optional<BatchProgress.Forecast> forecast, Optional<BatchProgress.Wait> wait, Optional<String> held) {
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
                wait,
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
    }

    @Test
    void runThatWaits_saysForWhatAndUntilWhen() {
        Optional<Instant> until = Optional.of(NOW.plusSeconds(31));
        BatchProgress.Wait usedUp = new BatchProgress.Wait("hf-1", until, Optional.empty());
        BatchProgress.Wait broken = new BatchProgress.Wait("hf-1", until, Optional.of("it answered with 503"));
        BatchProgress.Wait scarce =
                new BatchProgress.Wait("hf-1", Optional.empty(), Optional.of("300 of its 8000 tokens are left"));

        assertThat(line(usedUp)).endsWith("12/min, cost 0.5, waiting for hf-1 until 10:00:31, 31 s");
        assertThat(line(broken)).endsWith(", waiting for hf-1 until 10:00:31, 31 s: it answered with 503");
        assertThat(line(scarce)).endsWith(", waiting for hf-1: 300 of its 8000 tokens are left");
        Optional<BatchProgress.Forecast> range =
                Optional.of(new BatchProgress.Forecast(Duration.ofMinutes(7), Optional.of(Duration.ofMinutes(9))));
        assertThat(BatchWords.json(progress(range, Optional.of(broken), Optional.of("full")), NOW))
                .hasToString("{at=2026-11-28T10:00:00Z, total=100, resumed=10, answered=20, from_cache=5, failed=1,"
                        + " calls=16, under_way=4, elapsed_seconds=120, per_minute=12, done_in_seconds_least=420,"
                        + " done_in_seconds_most=540, cost=0.50, waiting_for=hf-1,"
                        + " waiting_because=it answered with 503, waiting_until=2026-11-28T10:00:31Z, held=full}");
    }

    private static String line(BatchProgress.Wait wait) {
        return BatchWords.line(progress(Optional.empty(), Optional.of(wait), Optional.empty()), NOW, ZoneOffset.UTC);
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
