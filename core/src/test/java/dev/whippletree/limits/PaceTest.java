package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PaceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final double ONE_A_SECOND = 1.0 / SECOND;

    @Test
    void calls_goOneAfterTheOther() {
        Pace pace = new Pace(ONE_A_SECOND, 1, 0);
        assertThat(pace.waitNanos(1, 0)).isZero();
        pace.reserve(1, 0);
        assertThat(pace.waitNanos(1, 0)).isBetween(SECOND, SECOND + 1);
        assertThat(pace.waitNanos(3, 0)).isBetween(3 * SECOND, 3 * SECOND + 1);
        assertThat(pace.left(2 * SECOND)).isEqualTo(1);
    }

    @Test
    void afterATimeWithout_someGoAtOnceAndNoMore() {
        Pace pace = new Pace(ONE_A_SECOND, 4, 0);
        assertThat(pace.left(1000 * SECOND)).isEqualTo(4);
        assertThat(pace.idleNanos(1000 * SECOND)).isBetween(996 * SECOND, 997 * SECOND + SECOND / 10);
    }

    @Test
    void idlePace_staysIdleWhenItGrows() {
        Pace pace = new Pace(ONE_A_SECOND, 4, 0);
        assertThat(pace.isIdle(10 * SECOND)).isTrue();
        pace.change(2 * ONE_A_SECOND, 10 * SECOND);
        assertThat(pace.isIdle(10 * SECOND)).isTrue();
    }

    @Test
    void heldBack_letsNothingGoUntilThenAndThenOne() {
        Pace pace = new Pace(ONE_A_SECOND, 4, 0);
        pace.left(10 * SECOND);
        pace.holdUntil(20 * SECOND);
        assertThat(pace.left(15 * SECOND)).isZero();
        assertThat(pace.waitNanos(1, 15 * SECOND)).isEqualTo(5 * SECOND);
        assertThat(pace.left(20 * SECOND)).isEqualTo(1);
    }

    @Test
    void whatOnlyARateNowLowerWouldCatchUpWith_isNoIdleTime() {
        Pace pace = new Pace(1_000 * ONE_A_SECOND, 1, 0);
        pace.left(SECOND);
        pace.change(ONE_A_SECOND, SECOND);
        long idle = pace.idleNanos(SECOND);
        assertThat(pace.left(SECOND)).isEqualTo(21);
        assertThat(pace.idleNanos(6 * SECOND) - idle).isBetween(5 * SECOND - 1, 5 * SECOND);
    }

    @Test
    void released_isGivenBack_onceAndOnlyIfItNeverArrived() {
        Pace pace = new Pace(ONE_A_SECOND, 3, -10 * SECOND);
        Quota.Use arrived = pace.reserve(1, 0);
        Quota.Use lost = pace.reserve(1, 0);
        Quota.Use released = pace.reserve(1, 0);
        arrived.arrived(0);
        arrived.release(0);
        lost.lost(0, 0);
        lost.release(0);
        assertThat(pace.left(0)).isZero();
        released.release(0);
        released.release(0);
        assertThat(pace.left(0)).isEqualTo(1);
    }

    @Test
    void words_areTheShortestWindowOfAHundredOrMore() {
        assertThat(new Pace(1000.0 / 3600 / SECOND, 1, 0).amount()).isEqualTo(1000);
        assertThat(new Pace(1000.0 / 3600 / SECOND, 1, 0).window()).contains(Duration.ofHours(1));
        assertThat(new Pace(10.0 / SECOND, 1, 0).window()).contains(Duration.ofMinutes(1));
        assertThat(new Pace(100.0 / SECOND, 1, 0).window()).contains(Duration.ofSeconds(1));
        assertThat(new Pace(1e-30, 1, 0).amount()).isEqualTo(1);
    }

    @Test
    void changedRate_countsFromTheChangeOn() {
        Pace pace = new Pace(ONE_A_SECOND, 1_000, 0);
        pace.change(10 * ONE_A_SECOND, 10 * SECOND);
        assertThat(pace.left(10 * SECOND)).isEqualTo(11);
        assertThat(pace.left(12 * SECOND)).isEqualTo(31);
    }

    @Test
    void room_isOneWhenItOpensAndMoreFromThenOn() {
        Pace pace = new Pace(ONE_A_SECOND, 1, 5 * SECOND);
        assertThat(pace.roomWithin(5 * SECOND - 1, 0, 0)).isZero();
        assertThat(pace.roomWithin(5 * SECOND, 0, 0)).isEqualTo(1);
        assertThat(pace.roomWithin(7 * SECOND, 0, 0)).isEqualTo(3);
        assertThat(pace.roomWithin(7 * SECOND, 2, 0)).as("beside a reserve").isEqualTo(1);
        assertThat(pace.roomWithin(7 * SECOND, 4, 0)).isZero();
    }

    @Test
    void lateTimers_mayBeMadeUpFor() {
        Pace fast = new Pace(1_000 * ONE_A_SECOND, 1, 0);
        assertThat(fast.left(SECOND)).as("one, and what 20 ms bring").isEqualTo(21);
    }

    /**
     * N = 2,000 calls at random rates and times; the reference adds up every call of every stretch that ends with one.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noStretch_holdsMoreThanItsShareAndABurst(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double rate = (0.1 + 10 * random.nextDouble()) / SECOND;
        double burst = 1 + random.nextInt(8);
        Pace pace = new Pace(rate, burst, 0);
        List<Long> calls = new ArrayList<>();
        long now = 0;
        for (int call = 0; call < 2_000; call++) {
            now += random.nextInt(20) == 0 ? random.nextLong(20 * SECOND) : 0;
            assertThat(pace.roomWithin(pace.waitNanos(1, now), 0, now))
                    .as("seed %s", seed)
                    .isPositive();
            now += pace.waitNanos(1, now);
            pace.reserve(1, now);
            calls.add(now);
        }
        for (int last = 0; last < calls.size(); last += 7) {
            for (int first = 0; first <= last; first++) {
                double most = burst + rate * 20_000_000 + rate * (calls.get(last) - calls.get(first)) + 1e-3;
                assertThat((double) last - first + 1)
                        .as("seed %s, %s to %s", seed, first, last)
                        .isLessThanOrEqualTo(most);
            }
        }
    }
}
