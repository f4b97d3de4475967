package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

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
    void whatTheServiceCountedBeyondWhatCanBeOurs_isOfOthers_andAddedOnce() {
        SlidingWindow large = new SlidingWindow(10, Duration.ofNanos(WINDOW));
        Quota.Use first = large.reserve(1, 0);
        Quota.Use second = large.reserve(2, 10);
        first.arrived(20);
        second.arrived(20);
        large.counted(second, 3, 20);
        assertThat(large.left(20)).isEqualTo(7);
        large.counted(second, 7, 20);
        assertThat(large.left(20)).isEqualTo(3);
        large.counted(first, 7, 25);
        assertThat(large.left(25)).isEqualTo(3);
        assertThat(large.left(WINDOW + 19)).isEqualTo(3);
        assertThat(large.left(WINDOW + 20)).isEqualTo(10);
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

    /** What may arrive later than now is free again only a window after that. */
    @Test
    void room_isWithoutWhatMayArriveLater() {
        window.reserve(2, 0).sent(50, 0);
        assertThat(window.roomWithin(WINDOW - 1, 0)).isEqualTo(1);
        assertThat(window.roomWithin(WINDOW + 49, 0)).isEqualTo(2);
        assertThat(window.roomWithin(WINDOW + 50, 0)).isEqualTo(4);
    }

    @Test
    void room_ofHugeAmountsAndTimes_doesNotOverflow() {
        SlidingWindow huge = new SlidingWindow(Long.MAX_VALUE / 8, Duration.ofMillis(1));
        assertThat(huge.roomWithin(Duration.ofDays(10_000).toNanos(), 0)).isPositive();
        assertThat(huge.waitNanos(Long.MAX_VALUE / 8, 0)).isZero();
    }
}
