package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedWindowTest {

    private static final long MILLI = 1_000_000;
    private static final long WINDOW = 10_000 * MILLI;

    private final FixedWindow window = new FixedWindow(10);

    /** Reserves, is answered and learns in one moment. */
    private void report(long remaining, long reset, long now) {
        report(now, remaining, reset, now);
    }

    private void report(long begun, long remaining, long reset, long now) {
        Quota.Use use = window.reserve(1, begun, now);
        use.arrived(now);
        window.report(use, 10, remaining, reset, now);
    }

    @Test
    void room_isWhatIsLeft_andAWholeWindowAtEachReset() {
        FixedWindow quota = new FixedWindow(10);
        Quota.Use use = quota.reserve(4, 0);
        use.arrived(0);
        quota.report(use, 10, 6, 1_000 * MILLI, 0);
        assertThat(quota.roomWithin(1_000 * MILLI - 1, 0, 0)).isEqualTo(6);
        assertThat(quota.roomWithin(1_000 * MILLI, 0, 0)).isEqualTo(16);
        assertThat(quota.roomWithin(3_000 * MILLI - 1, 0, 0)).isEqualTo(26);
        assertThat(quota.roomWithin(3_000 * MILLI, 0, 0)).isEqualTo(36);
        assertThat(quota.roomWithin(0, 0, 5_000 * MILLI))
                .as("asked first after the reset")
                .isEqualTo(10);
    }

    @Test
    void room_leavesTheReserve_inEachWindow() {
        report(6, 1_000 * MILLI, 0);
        assertThat(window.roomWithin(0, 4, 0)).isEqualTo(2);
        assertThat(window.roomWithin(0, 7, 0)).isZero();
        assertThat(window.roomWithin(1_000 * MILLI, 4, 0)).isEqualTo(8);
        assertThat(window.roomWithin(2_000 * MILLI, 4, 0)).isEqualTo(14);
    }

    @Test
    void reported_replacesWhatWasBelieved_untilTheReset() {
        report(9, WINDOW, 0);
        report(4, WINDOW - 10, 10);
        assertThat(window.left(10)).isEqualTo(4);
        assertThat(window.waitNanos(4, 10)).isZero();
        assertThat(window.waitNanos(5, 10)).isEqualTo(WINDOW - 10);
        assertThat(window.waitNanos(14, 10)).isEqualTo(WINDOW - 10);
        assertThat(window.waitNanos(15, 10)).isEqualTo(2 * WINDOW - 10);
        window.reserve(6, 20);
        assertThat(window.waitNanos(0, 20)).as("more is used than there was").isZero();
        assertThat(window.roomWithin(0, 0, 20)).isZero();
        Quota.Use use = window.reserve(1, 30);
        use.arrived(40);
        window.report(use, 50, 49, WINDOW, 40);
        assertThat(window.amount()).isEqualTo(50);
        assertThat(window.left(WINDOW + 40)).isEqualTo(44);
    }

    @Test
    void useUnderWayAtTheReset_isTakenOffTheNextWindow_oneThatArrivedBeforeIsForgotten() {
        report(9, WINDOW, 0);
        window.reserve(3, 10);
        window.reserve(2, 10).arrived(20);
        assertThat(window.left(20)).isEqualTo(4);
        assertThat(window.left(WINDOW - 1)).isEqualTo(4);
        assertThat(window.left(WINDOW)).isEqualTo(7);
    }

    @Test
    void usesOfOthersThatMayNotHaveBeenCounted_areTakenOffTheReport() {
        Quota.Use first = window.reserve(1, 0);
        window.reserve(2, 5);
        first.arrived(100);
        window.report(first, 10, 9, WINDOW, 100);
        assertThat(window.left(100)).isEqualTo(7);
    }

    /** All that is known of the second use is that it was counted in the window before. */
    @Test
    void lateReportOfTheWindowBefore_endsTheDoubtAboutItsOwnUse() {
        Quota.Use first = window.reserve(1, 0);
        first.arrived(5);
        window.report(first, 10, 9, 100, 5);
        Quota.Use late = window.reserve(1, 20);
        assertThat(window.left(110)).as("the late one may be in this window").isEqualTo(9);
        Quota.Use next = window.reserve(1, 120);
        next.arrived(130);
        window.report(next, 10, 9, WINDOW, 130);
        assertThat(window.left(130)).isEqualTo(8);
        late.arrived(131);
        window.report(late, 10, 8, 60, 131);
        assertThat(window.left(131)).isEqualTo(9);
    }

    @Test
    void nextProcess_goesOnFromAllOfIt_alsoIfItIsOverdrawn() {
        Quota.Use use = window.reserve(1, 0);
        use.arrived(5);
        window.report(use, 10, 2, 7_000 * MILLI, 5);
        assertThat(window.standing(20).ageNanos()).as("since the report").isEqualTo(15);
        window.reserve(6, 30);
        ReportedQuota.Standing standing = window.standing(50);
        assertThat(standing).isEqualTo(new ReportedQuota.Standing(10, -4, 7_000 * MILLI - 45, 7_000 * MILLI, 20));
        FixedWindow next = new FixedWindow(99);
        next.resume(standing, 50);
        assertThat(next.standing(50)).isEqualTo(standing);
        assertThat(next.waitNanos(11, 50)).isEqualTo(17_000 * MILLI - 45);
    }

    /** No report describes the second window: its first use opens it, and no later one moves its end. */
    @Test
    void windowWithoutReports_endsItsLengthAfterTheFirstUseThatIsSurelyInIt() {
        report(9, WINDOW, 0);
        Quota.Use before = window.reserve(1, 9_000 * MILLI);
        before.arrived(11_000 * MILLI);
        assertThat(window.waitNanos(10, 11_000 * MILLI)).isEqualTo(WINDOW);
        window.reserve(1, 12_000 * MILLI).arrived(13_000 * MILLI);
        window.reserve(1, 15_000 * MILLI).arrived(15_000 * MILLI);
        assertThat(window.waitNanos(10, 15_000 * MILLI)).isEqualTo(8_000 * MILLI);
    }

    /** It may be in the third window or in the fourth, but both are over a window's length after it arrived. */
    @Test
    void useThatOpensAWindowWithoutReports_isInNoLaterOne() {
        report(9, WINDOW, 0);
        window.reserve(10, 15_000 * MILLI).arrived(15_000 * MILLI);
        window.reserve(10, 25_000 * MILLI).lost(33_000 * MILLI, 28_000 * MILLI);
        assertThat(window.waitNanos(10, 33_000 * MILLI)).isEqualTo(WINDOW);
        assertThat(window.left(43_000 * MILLI)).isEqualTo(10);
    }

    /** In whole seconds 10 and 9 may be the same; 8 is nearer for sure, and so the earlier of two ends is right. */
    @Test
    void resetInWholeSeconds_hasComeNearerOnlyIfItDidByMoreThanASecond() {
        report(0, 9, WINDOW, 1_000 * MILLI);
        report(500 * MILLI, 8, 9_000 * MILLI, 1_500 * MILLI);
        assertThat(window.waitNanos(10, 1_500 * MILLI)).isEqualTo(9_500 * MILLI);
        report(2_000 * MILLI, 7, 8_000 * MILLI, 2_600 * MILLI);
        assertThat(window.waitNanos(10, 2_600 * MILLI)).isEqualTo(8_000 * MILLI);
    }

    /** What such a window lasted is no period, and the next one's reset may come nearer again. */
    @Test
    void resetThatUsesPutOff_isFollowed_forItsWindowOnly() {
        report(9, WINDOW, 0);
        report(9, WINDOW, WINDOW);
        report(8, WINDOW, 12_000 * MILLI);
        assertThat(window.waitNanos(10, 12_000 * MILLI)).isEqualTo(WINDOW);
        assertThat(window.waitNanos(21, 22_000 * MILLI)).isEqualTo(2 * WINDOW);
        report(22_000 * MILLI, 9, WINDOW, 23_000 * MILLI);
        report(24_000 * MILLI, 8, 8_000 * MILLI, 24_400 * MILLI);
        assertThat(window.waitNanos(10, 24_400 * MILLI)).isEqualTo(8_000 * MILLI);
    }

    @Test
    void released_isGivenBack() {
        report(5, WINDOW, 0);
        Quota.Use use = window.reserve(5, 10);
        assertThat(window.left(10)).isZero();
        use.release(20);
        use.release(30);
        assertThat(window.left(30)).isEqualTo(5);
    }

    @Test
    void resetReportedAsNow_isNoReasonToAskAgainEveryNanosecond() {
        report(0, 0, 0);
        window.reserve(10, 1);
        assertThat(window.waitNanos(1, 2)).isGreaterThanOrEqualTo(MILLI / 2);
    }

    /** The reset is at 85 ms. The late report was made at 80, the next window's first one at 90. */
    @Test
    void reportMadeBeforeTheReset_comingAfterOneOfTheNextWindow_isDropped() {
        Quota.Use first = window.reserve(1, 0);
        first.arrived(20 * MILLI);
        window.report(first, 10, 9, 80 * MILLI, 20 * MILLI);
        Quota.Use next = window.reserve(1, 60 * MILLI);
        Quota.Use late = window.reserve(1, 70 * MILLI);
        next.arrived(95 * MILLI);
        window.report(next, 10, 9, WINDOW - 5 * MILLI, 95 * MILLI);
        late.arrived(96 * MILLI);
        window.report(late, 10, 7, 5 * MILLI, 96 * MILLI);
        assertThat(window.left(101 * MILLI)).isLessThan(10);
        assertThat(window.waitNanos(10, 101 * MILLI)).isGreaterThan(WINDOW / 2);
    }

    @Test
    void windowsThatBeginWithTheirFirstUse_areExpectedAsFarApartAsTheyWere() {
        FixedWindow quota = new FixedWindow(10);
        long length = 10_000 * MILLI;
        long latency = 1_000 * MILLI;
        for (long begun = 0; begun < 3 * (length + latency); begun += length + latency) {
            Quota.Use use = quota.reserve(10, begun);
            use.arrived(begun + latency);
            quota.report(use, 10, 0, length, begun + latency);
        }
        long reset = 3 * (length + latency);
        long now = reset - length;
        assertThat(quota.roomWithin(reset + length - now, 0, now)).isEqualTo(10);
        assertThat(quota.roomWithin(reset + length + latency - now, 0, now)).isEqualTo(20);
        assertThat(quota.waitNanos(20, now)).isEqualTo(reset + length + latency - now);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void roomIsTheInverseOfTheWait(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long now = 0;
        for (int step = 0; step < 300; step++) {
            now += random.nextLong(WINDOW / 5);
            if (step == 0 || random.nextInt(3) == 0) {
                report(random.nextLong(10), 1 + random.nextLong(WINDOW), now);
            }
            long sum = random.nextLong(40);
            long wait = window.waitNanos(sum, now);
            assertThat(window.roomWithin(wait, 0, now)).as("step %s", step).isGreaterThanOrEqualTo(sum);
            if (wait > 0) {
                assertThat(window.roomWithin(wait - 1, 0, now))
                        .as("step %s", step)
                        .isLessThan(sum);
            }
            if (sum > 0 && sum <= 10 && wait == 0) {
                window.reserve(sum, now).arrived(now);
            }
        }
    }
}
