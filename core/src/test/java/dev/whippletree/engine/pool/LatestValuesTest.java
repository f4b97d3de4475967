package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LatestValuesTest {

    private final LatestValues values = new LatestValues();

    private void recordUpTo(int count) {
        for (int value = 1; value <= count; value++) {
            values.record(value);
        }
    }

    @Test
    void nothingRecorded_isNothing() {
        assertThat(values.size()).isZero();
        assertThat(values.largest()).isZero();
        assertThat(values.enoughFor(0.95)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "58, 58", "59, 59", "93, 92", "124, 122", "153, 150", "500, 484"})
    void enoughFor95_isTheOrderStatisticOfWilks(int count, int rank) {
        recordUpTo(count);
        assertThat(values.enoughFor(0.95)).isEqualTo(rank);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverComes_itKnowsTheLatest500Sorted(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> all = new ArrayList<>();
        for (int count = 0; count < 3_000; count++) {
            int value = random.nextInt(1 + random.nextInt(50));
            all.add(value);
            values.record(value);
            List<Integer> latest = new ArrayList<>(all.subList(Math.max(0, all.size() - 500), all.size()));
            Collections.sort(latest);
            assertThat(values.largest()).isEqualTo(latest.get(latest.size() - 1));
            double rank = Math.ceil(latest.size() * 0.5 + 1.645 * Math.sqrt(latest.size() * 0.25));
            assertThat(values.enoughFor(0.5)).isEqualTo(latest.get((int) Math.min(latest.size(), rank) - 1));
        }
    }

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
