package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Traffic.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SlidingWindowTest {

    private static final long WINDOW = 1_000;

    private final SlidingWindow window = new SlidingWindow(3, Duration.ofNanos(WINDOW));

    @Test
    void useLeavesAWindowAfterItArrived_notAfterItWasReserved() {
        Quota.Use use = window.reserve(3, 0);
        assertThat(window.waitNanos(1, 0)).isEqualTo(WINDOW);
        use.arrived(400);
        assertThat(window.waitNanos(1, 400)).isEqualTo(WINDOW);
        assertThat(window.waitNanos(1, 1_399)).isEqualTo(1);
        assertThat(window.waitNanos(3, 1_400)).isZero();
    }

    @Test
    void useThatNeverEnds_neverLeaves() {
        window.reserve(1, 0);
        assertThat(window.left(1_000_000)).isEqualTo(2);
        assertThat(window.waitNanos(3, 1_000_000)).isEqualTo(WINDOW);
    }

    @Test
    void sent_datesTheUseByItsLatestArrival() {
        Quota.Use use = window.reserve(3, 0);
        use.sent(50, 10);
        use.arrived(500);
        assertThat(window.waitNanos(3, 500)).isEqualTo(550);
    }

    @Test
    void answerBeforeTheLatestArrival_datesTheUse() {
        Quota.Use use = window.reserve(3, 0);
        use.sent(500, 10);
        use.arrived(50);
        assertThat(window.waitNanos(3, 50)).isEqualTo(WINDOW);
        assertThat(window.left(1_050)).isEqualTo(3);
    }

    /** By their answers two of the first three are still there when three more are. */
    @Test
    void usesThatLeftLongBeforeTheirAnswers_exceedTheLimitByTheAnswers_untilThoseHaveLeftToo() {
        for (long answer = 400; answer <= 600; answer += 100) {
            Quota.Use use = window.reserve(1, 0);
            use.sent(50, 10);
            use.arrived(answer);
        }
        assertThat(window.isExceededByAnswers(600)).as("nothing has left").isFalse();
        window.reserve(3, 1_450);
        assertThat(window.isExceededByAnswers(1_450)).isTrue();
        assertThat(window.isExceededByAnswers(1_650)).as("all have left").isFalse();
    }

    @Test
    void released_isFreeAgainAtOnceAndForGood() {
        Quota.Use use = window.reserve(3, 0);
        use.release(10);
        use.arrived(20);
        use.settle(0, 30);
        assertThat(window.left(30)).isEqualTo(3);
    }

    @Test
    void settledForMore_isOverdrawnUntilTheExcessHasLeft() {
        Quota.Use first = window.reserve(1, 0);
        first.arrived(0);
        Quota.Use second = window.reserve(2, 100);
        second.arrived(100);
        second.settle(4, 200);
        assertThat(window.left(200)).isZero();
        assertThat(window.waitNanos(1, 200)).isEqualTo(900);
        assertThat(window.left(1_000)).isZero();
        assertThat(window.left(1_100)).isEqualTo(3);
    }

    @Test
    void settledForLess_isPartlyFreeAtOnce() {
        Quota.Use use = window.reserve(3, 0);
        use.arrived(0);
        use.settle(1, 10);
        assertThat(window.left(10)).isEqualTo(2);
        assertThat(window.left(1_000)).isEqualTo(3);
    }

    @Test
    void settledAfterItLeft_changesNothing() {
        Quota.Use use = window.reserve(2, 0);
        use.arrived(0);
        assertThat(window.left(1_000)).isEqualTo(3);
        use.settle(100, 1_001);
        assertThat(window.left(1_001)).isEqualTo(3);
    }

    @Test
    void sumBeyondTheAmount_waitsWholeWindowsMore() {
        window.reserve(3, 0).arrived(0);
        assertThat(window.waitNanos(3, 10)).isEqualTo(990);
        assertThat(window.waitNanos(4, 10)).isEqualTo(1_990);
        assertThat(window.waitNanos(7, 10)).isEqualTo(2_990);
    }

    @Test
    void clockThatStandsBelowZero_countsAlike() {
        long start = -5_000;
        window.reserve(3, start).arrived(start);
        assertThat(window.waitNanos(1, start + 10)).isEqualTo(990);
        assertThat(window.left(start + 1_000)).isEqualTo(3);
    }

    @Test
    void room_ofHugeAmountsAndTimes_doesNotOverflow() {
        SlidingWindow huge = new SlidingWindow(Long.MAX_VALUE / 8, Duration.ofMillis(1));
        assertThat(huge.roomWithin(Duration.ofDays(10_000).toNanos(), 0)).isPositive();
        assertThat(huge.waitNanos(Long.MAX_VALUE / 8, 0)).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void noService_howeverItCounts_seesItsLimitExceeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(20);
        Optional<Long> transit = random.nextBoolean() ? Optional.of(random.nextLong(50)) : Optional.empty();
        Shape shape = new Shape(
                1 + random.nextLong(amount), 1 + random.nextLong(2_000), 1 + random.nextLong(100), transit, false);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        Traffic traffic = new Traffic(
                        seed,
                        quota,
                        List.of(
                                new ServiceModel.Sliding(amount, WINDOW),
                                new ServiceModel.Fixed(amount, WINDOW, random.nextLong(WINDOW)),
                                new ServiceModel.Bucket(amount, WINDOW)),
                        shape)
                .run(2_000);
        assertThat(traffic.reserved()).isPositive();
        assertThat(traffic.refused()).isPositive();
        assertThat(quota.left(traffic.now() + WINDOW + 50)).isEqualTo(amount);
    }

    @Tag("slow")
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void wait_isTheFirstMomentAtWhichItFits_andRoomItsInverse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(12);
        SlidingWindow quota = new SlidingWindow(amount, Duration.ofNanos(WINDOW));
        SlidingReference reference = new SlidingReference(amount, WINDOW);
        long now = -random.nextLong(5_000);
        for (int step = 0; step < 400; step++) {
            now += random.nextLong(200);
            long sum = 1 + random.nextLong(3 * amount);
            long wait = quota.waitNanos(sum, now);
            assertThat(wait).as("step %s", step).isEqualTo(reference.waitNanos(sum, now));
            assertThat(quota.roomWithin(wait, now)).as("step %s", step).isGreaterThanOrEqualTo(sum);
            if (wait > 0) {
                assertThat(quota.roomWithin(wait - 1, now)).as("step %s", step).isLessThan(sum);
            }
            if (sum <= amount && wait == 0) {
                Quota.Use use = quota.reserve(sum, now);
                use.arrived(now);
                long actual = random.nextInt(4) == 0 ? random.nextLong(amount + 1) : sum;
                use.settle(actual, now);
                reference.arrive(actual, now);
            }
        }
    }

    /** Tries moment after moment. */
    private static final class SlidingReference {

        private final long amount;
        private final long windowNanos;
        private final ArrayList<long[]> uses = new ArrayList<>();

        SlidingReference(long amount, long windowNanos) {
            this.amount = amount;
            this.windowNanos = windowNanos;
        }

        void arrive(long used, long now) {
            uses.add(new long[] {now, used});
        }

        /** Takes whatever is free at each moment until the sum is taken. */
        long waitNanos(long sum, long now) {
            ArrayList<long[]> planned = new ArrayList<>(uses);
            long missing = sum;
            for (long ahead = 0; ; ahead++) {
                long moment = now + ahead;
                long used = planned.stream()
                        .filter(use -> use[0] > moment - windowNanos)
                        .mapToLong(use -> use[1])
                        .sum();
                long taken = Math.min(missing, Math.max(0, amount - used));
                missing -= taken;
                if (missing == 0) {
                    return ahead;
                }
                if (taken > 0) {
                    planned.add(new long[] {moment, taken});
                }
            }
        }
    }
}
