package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenBucketTest {

    private static final long WINDOW = 1_000;

    private final TokenBucket bucket = new TokenBucket(10, Duration.ofNanos(WINDOW), 0);

    @Test
    void used_comesBackBitByBit() {
        bucket.reserve(10, 0).arrived(0);
        assertThat(bucket.left(0)).isZero();
        assertThat(bucket.waitNanos(1, 0)).isEqualTo(100);
        assertThat(bucket.left(99)).isZero();
        assertThat(bucket.left(100)).isEqualTo(1);
        assertThat(bucket.left(550)).isEqualTo(5);
    }

    @Test
    void useThatArrivesLate_leavesRoomOnlyByRefilling() {
        bucket.reserve(3, 0).release(0);
        Quota.Use use = bucket.reserve(4, 0);
        assertThat(bucket.left(5_000)).isEqualTo(6);
        use.arrived(5_000);
        assertThat(bucket.left(5_000)).isEqualTo(6);
        assertThat(bucket.left(5_399)).isEqualTo(9);
        assertThat(bucket.left(5_400)).isEqualTo(10);
        assertThat(bucket.left(1_000_000)).isEqualTo(10);
    }

    @Test
    void report_replacesTheLevelLessWhatMayNotHaveBeenCounted() {
        Quota.Use own = bucket.reserve(1, 0);
        bucket.reserve(2, 0);
        own.arrived(10);
        bucket.report(own, 10, 8, 200, 10);
        assertThat(bucket.left(10)).isEqualTo(6);
    }

    @Test
    void useThatNoReportTellsOf_isSettled_downAndUp() {
        Quota.Use large = bucket.reserve(8, 0);
        large.arrived(0);
        large.settle(3, 0);
        assertThat(bucket.left(0)).isEqualTo(7);
        Quota.Use small = bucket.reserve(1, 0);
        small.arrived(0);
        small.settle(5, 0);
        assertThat(bucket.left(0)).isEqualTo(2);
        Quota.Use gone = bucket.reserve(2, 0);
        gone.release(0);
        gone.settle(0, 0);
        assertThat(bucket.left(0)).as("given back once").isEqualTo(2);
    }

    @Test
    void useThatIsInAReport_isNotSettledAgain() {
        Quota.Use before = bucket.reserve(4, 0);
        before.arrived(0);
        Quota.Use own = bucket.reserve(4, 10);
        own.arrived(20);
        bucket.report(own, 10, 6, 400, 20);
        own.settle(1, 20);
        before.settle(1, 20);
        assertThat(bucket.left(20)).isEqualTo(6);
    }

    @Test
    void useThatAReportMayNotContain_isSettled() {
        Quota.Use own = bucket.reserve(2, 0);
        Quota.Use other = bucket.reserve(5, 0);
        own.arrived(10);
        bucket.report(own, 10, 8, 200, 10);
        assertThat(bucket.left(10)).isEqualTo(3);
        other.arrived(10);
        other.settle(1, 10);
        assertThat(bucket.left(10)).isEqualTo(7);
    }

    @Test
    void whatHasComeBackAlready_isNotGivenBackAgain() {
        Quota.Use use = bucket.reserve(8, 0);
        use.arrived(0);
        bucket.reserve(10, 2_000).arrived(2_000);
        use.settle(1, 2_000);
        assertThat(bucket.left(2_000)).isZero();
        bucket.left(4_000);
        Quota.Use second = bucket.reserve(6, 4_000);
        second.arrived(4_000);
        bucket.reserve(2, 4_000);
        for (long now = 4_000; now <= 4_800; now += 100) {
            bucket.left(now);
        }
        bucket.reserve(5, 4_800).arrived(4_800);
        second.settle(1, 4_800);
        assertThat(bucket.left(4_800)).as("full but for what was under way").isEqualTo(3);
    }

    @Test
    void debtOfMoreThanAWindow_isNotBelieved() {
        Quota.Use use = bucket.reserve(1, 0);
        use.arrived(0);
        use.settle(1_000_000, 0);
        assertThat(bucket.waitNanos(10, 0)).isEqualTo(2 * WINDOW);
    }

    @Test
    void room_leavesTheReserve() {
        bucket.reserve(6, 0).arrived(0);
        assertThat(bucket.roomWithin(300, 2, 0)).isEqualTo(5);
        assertThat(bucket.roomWithin(300, 8, 0)).isZero();
    }

    @Test
    void nextProcess_goesOnFromWhatIsMissing_alsoIfItIsOverdrawn() {
        bucket.reserve(14, 0).arrived(0);
        ReportedQuota.Standing standing = bucket.standing(30);
        assertThat(standing).isEqualTo(new ReportedQuota.Standing(10, -4, 1_370, WINDOW, 30));
        TokenBucket next = new TokenBucket(99, Duration.ofNanos(WINDOW), 0);
        next.resume(standing, 500);
        assertThat(next.standing(500)).isEqualTo(new ReportedQuota.Standing(10, -4, 1_400, WINDOW, 30));
        assertThat(next.waitNanos(1, 500)).isEqualTo(500);
    }

    /** A tenth used comes back in a minute's tenth; a third report belies both. */
    @Test
    void windowThatIsNotStated_isTheUsualOneThatExplainsTheReports() {
        long milli = 1_000_000;
        TokenBucket unsaid = TokenBucket.ofUnsaidWindow(100, 0);
        assertThat(unsaid.window()).contains(Duration.ofDays(31));
        long[][] reports = {
            {100, 0, 31 * 24 * 3_600_000L},
            {90, 6_000, 60_000},
            {89, 6_600, 60_000},
            {50, 5_000, 10_000},
            {0, 50_000, 50_506},
            {50, 150_000, 300_000},
            {90, 30_000, 300_000}
        };
        for (long[] report : reports) {
            Quota.Use use = unsaid.reserve(0, 0);
            use.arrived(0);
            unsaid.report(use, 100, report[0], report[1] * milli, 0);
            assertThat(unsaid.window().orElseThrow().toMillis())
                    .as("%s left", report[0])
                    .isEqualTo(report[2]);
        }
    }

    @Test
    void nothingAsked_fitsEvenIntoAnOverdrawnBucket() {
        bucket.reserve(25, 0).arrived(0);
        assertThat(bucket.waitNanos(0, 0)).isZero();
        assertThat(bucket.waitNanos(1, 0)).isEqualTo(1_600);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void wait_isTheFirstMomentAtWhichItFits_andRoomItsInverse_toANanosecond(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 1 + random.nextLong(30);
        TokenBucket quota = new TokenBucket(amount, Duration.ofNanos(WINDOW), 0);
        ServiceModel reference = new ServiceModel.Bucket(amount, WINDOW);
        long now = 0;
        for (int step = 0; step < 400; step++) {
            now += random.nextLong(100);
            long sum = 1 + random.nextLong(amount);
            long wait = quota.waitNanos(sum, now);
            assertThat(reference.remaining(now + wait) + 1e-6)
                    .as("step %s", step)
                    .isGreaterThanOrEqualTo(sum);
            assertThat(quota.roomWithin(wait + 1, 0, now)).as("step %s", step).isGreaterThanOrEqualTo(sum);
            if (wait > 1) {
                assertThat(reference.remaining(now + wait - 2))
                        .as("step %s", step)
                        .isLessThan(sum);
                assertThat(quota.roomWithin(wait - 2, 0, now))
                        .as("step %s", step)
                        .isLessThan(sum);
            }
            if (wait == 0) {
                quota.reserve(sum, now).arrived(now);
                reference.arrive(sum, now);
            }
        }
    }

    /** The slow attempt's report was made when nothing was used, but comes when that would long be back. */
    @Test
    void lateReport_thatLeavesLessThanItsOwnUseExplains_isNotBelieved() {
        TokenBucket bucket = new TokenBucket(100, Duration.ofSeconds(10), 0);
        Quota.Use slow = bucket.reserve(1, 0);
        Quota.Use quick = bucket.reserve(1, Duration.ofSeconds(4).toNanos());
        long answered = Duration.ofMillis(4_001).toNanos();
        quick.arrived(answered);
        bucket.report(quick, 100, 99, 0, answered);
        long late = Duration.ofMillis(4_002).toNanos();
        slow.arrived(late);
        bucket.report(slow, 100, 60, 0, late);
        assertThat(bucket.left(late)).as("the slow one's use is still in doubt").isEqualTo(98);
    }
}
