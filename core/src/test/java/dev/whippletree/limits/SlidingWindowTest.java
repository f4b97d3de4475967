package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlidingWindowTest {

    private static final long WINDOW = 1_000;

    private final SlidingWindow window = new SlidingWindow(3, Duration.ofNanos(WINDOW));

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

    /** What may arrive later than now is free again only a window after that. */
    @Test
    void room_isWithoutWhatMayArriveLater() {
        window.reserve(2, 0).sent(50, 0);
        assertThat(window.roomWithin(WINDOW - 1, 0, 0)).isEqualTo(1);
        assertThat(window.roomWithin(WINDOW + 49, 0, 0)).isEqualTo(2);
        assertThat(window.roomWithin(WINDOW + 50, 0, 0)).isEqualTo(4);
    }

    @Test
    void room_ofHugeAmountsAndTimes_doesNotOverflow() {
        SlidingWindow huge = new SlidingWindow(Long.MAX_VALUE / 8, Duration.ofMillis(1));
        assertThat(huge.roomWithin(Duration.ofDays(10_000).toNanos(), 0, 0)).isPositive();
        assertThat(huge.waitNanos(Long.MAX_VALUE / 8, 0)).isZero();
    }
}
