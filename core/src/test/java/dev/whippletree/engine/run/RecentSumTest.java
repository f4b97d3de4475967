package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecentSumTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration WINDOW = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(longs = {0, -3_000_000_007L, 1_234_567_890_123L})
    void whatWasAdded_countsForTheWindow_andFadesWithinATenthOfIt(long start) {
        RecentSum sum = new RecentSum(WINDOW, 10);
        sum.add(100, start);
        assertThat(sum.sum(start + 9 * SECOND - 1)).isEqualTo(100);
        assertThat(sum.sum(start + 10 * SECOND - 1)).isBetween(0L, 100L);
        assertThat(sum.sum(start + 11 * SECOND)).isZero();
    }

    @Test
    void steadyUse_isItsRate() {
        RecentSum sum = new RecentSum(WINDOW, 10);
        for (long tenth = 0; tenth < 1_000; tenth++) {
            sum.add(1, tenth * SECOND / 10);
        }
        assertThat(sum.sum(1_000 * SECOND / 10)).isBetween(99L, 101L);
    }

    @Test
    void windowThatIsALittleLonger_isTheSame() {
        RecentSum sum = new RecentSum(WINDOW, 10);
        assertThat(sum.isOver(Duration.ofMillis(10_900))).isTrue();
        assertThat(sum.isOver(Duration.ofSeconds(12))).isFalse();
        assertThat(sum.isOver(Duration.ofSeconds(8))).isFalse();
    }

    @Test
    void wholeSlices_leaveOutTheOneThatIsCut() {
        RecentSum sum = new RecentSum(WINDOW, 10);
        sum.add(100, 0);
        sum.add(1, 10 * SECOND - 1);
        assertThat(sum.sumOfWholeSlices(10 * SECOND - 1)).isEqualTo(101);
        assertThat(sum.sumOfWholeSlices(10 * SECOND)).isEqualTo(1);
        sum.clear();
        assertThat(sum.sumOfWholeSlices(10 * SECOND)).isZero();
    }
}
