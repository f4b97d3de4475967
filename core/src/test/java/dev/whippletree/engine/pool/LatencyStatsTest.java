package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LatencyStatsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void meanIsExactAndPercentileWithinFivePercent(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LatencyStats stats = new LatencyStats();
        long[] times = new long[3_000];
        for (int index = 0; index < times.length; index++) {
            times[index] = (long) (1e6 * Math.exp(random.nextDouble() * 8));
            stats.record(times[index]);
        }
        Arrays.sort(times);
        long exact = times[(int) Math.ceil(times.length * 0.95) - 1];
        assertThat(stats.summary().p95().toNanos()).isCloseTo(exact, Percentage.withPercentage(5.1));
        assertThat(stats.summary().mean().toNanos())
                .isCloseTo((long) Arrays.stream(times).average().orElseThrow(), Percentage.withPercentage(0.01));
    }

    @Test
    void ofNothingIsZero_andOldTimesFade() {
        LatencyStats stats = new LatencyStats();
        assertThat(stats.summary().p95()).isZero();
        for (int index = 0; index < 4_000; index++) {
            stats.record(SECOND);
        }
        for (int index = 0; index < 60_000; index++) {
            stats.record(SECOND / 1_000);
        }
        assertThat(stats.summary().p95()).isLessThan(Duration.ofMillis(2));
    }
}
