package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's small sums: rates, times, pauses, budgets, closures. */
final class ArithmeticTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void latency_meanIsExactAndPercentileWithinFivePercent(long seed) {
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
    void latency_ofNothingIsZero_andOldTimesFade() {
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

    @Test
    void rate_isOverTheLastMinute_andInTheFirstOverWhatHasPassed() {
        RateMeter meter = new RateMeter(-5 * SECOND);
        for (int second = 0; second < 10; second++) {
            meter.mark((second - 5) * SECOND);
        }
        assertThat(meter.perMinute(5 * SECOND)).isEqualTo(60);
        assertThat(meter.perMinute(54 * SECOND)).isBetween(9.0, 11.0);
        assertThat(meter.perMinute(1_000 * SECOND)).isZero();
    }

    @Test
    void retryBudget_allowsItsSavingsThenItsRate() {
        RetryBudget budget = new RetryBudget(Retries.DEFAULT, 0);
        for (int retry = 0; retry < 100; retry++) {
            assertThat(budget.takeOrWaitNanos(0)).isZero();
        }
        long wait = budget.takeOrWaitNanos(0);
        assertThat(wait).isEqualTo(SECOND / 10);
        wait += 1;
        assertThat(budget.takeOrWaitNanos(wait)).isZero();
        for (int flight = 0; flight < 10; flight++) {
            budget.earn();
        }
        assertThat(budget.takeOrWaitNanos(wait)).isZero();
        assertThat(budget.takeOrWaitNanos(wait)).isZero();
        assertThat(budget.takeOrWaitNanos(wait)).isPositive();
    }

    @Test
    void backoff_staysBetweenItsFloorAndItsDoublingBound() {
        SplittableRandom random = new SplittableRandom(1);
        for (int failures = 0; failures < 200; failures++) {
            long bound = (long) Math.min(15 * SECOND, 0.5 * SECOND * Math.pow(2, failures));
            assertThat(Backoff.nanos(failures, Retries.DEFAULT, Duration.ZERO, random))
                    .isBetween(0L, bound);
            assertThat(Backoff.nanos(failures, Retries.DEFAULT, Duration.ofSeconds(20), random))
                    .isEqualTo(20 * SECOND);
        }
    }

    @Test
    void closure_theLatestKnownTimeWins_andAnUnknownOneIsRecheckedHourly() {
        Closure closure = new Closure();
        assertThat(closure.closeUntil(10, "first", 0)).isTrue();
        assertThat(closure.closeUntil(5, "earlier", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(10);
        assertThat(closure.closeUntil(20, "later", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(20);
        assertThat(closure.closeUntilMended("no credit", 0)).isTrue();
        assertThat(closure.closeUntil(50, "later still", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(Waits.UNKNOWN);
        long anHour = 3_600 * SECOND;
        assertThat(closure.waitNanos(anHour)).isZero();
        assertThat(closure.takeReopened(anHour))
                .as("before anything has proved it")
                .isFalse();
    }

    @Test
    void closure_ofUnknownEnd_isLookedAtNoSoonerThanAKnownTimeAllows() {
        Closure closure = new Closure();
        long aDay = 86_400 * SECOND;
        closure.closeUntil(aDay, "the day's limit", 0);
        assertThat(closure.closeUntilMended("no credit", 1)).isTrue();
        assertThat(closure.waitNanos(aDay - 1)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(aDay)).isZero();
    }

    @Test
    void closure_ofKnownEnd_tellsOnceThatItIsOpenAgain() {
        Closure closure = new Closure();
        closure.closeUntil(10, "a limit", 0);
        assertThat(closure.takeReopened(9)).isFalse();
        assertThat(closure.takeReopened(10)).isTrue();
        assertThat(closure.takeReopened(10)).isFalse();
    }
}
