package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnLimitTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final OwnLimit own = new OwnLimit(Limit.requests(100, Duration.ofMinutes(1)));

    /** Three that each rounded up would use 12 of 10. */
    @Test
    void amountThatCannotBeSharedEvenly_isSharedBelow() {
        OwnLimit ten = new OwnLimit(Limit.requests(10, Duration.ofHours(1)));
        assertThat(ten.waitNanos(3, 3, 0)).isZero();
        assertThat(ten.waitNanos(4, 3, 0)).isPositive();
    }

    /** After the reported wait, the use has left: who comes back then isn't sent away once more. */
    @Test
    void use_leavesAtTheVeryMomentThatIsTold() {
        OwnUses uses = new OwnUses();
        uses.add(0, 5, 1_024);
        assertThat(uses.waitNanos(5, 0, 1_024)).isEqualTo(1_025);
        assertThat(uses.sum(1_024, 1_024)).isEqualTo(5);
        assertThat(uses.sum(1_025, 1_024)).isZero();
    }

    @Test
    void nobodyKnowsHowMany_grantsTheAmount() {
        assertThat(own.waitNanos(100, 0, 0)).isZero();
    }

    @Test
    void asked_grantsAPartOfWhatWasLeftUntilAWindowHasPassed() {
        own.asked(40, 0);
        own.addSinceAsked(8);

        assertThat(own.waitNanos(2, 4, SECOND)).isZero();
        assertThat(own.waitNanos(3, 4, SECOND)).isEqualTo(59 * SECOND);
        assertThat(own.waitNanos(25, 4, MINUTE)).isZero();
        assertThat(own.waitNanos(26, 4, MINUTE)).isPositive();
    }

    /** What was granted in the 2.5 seconds before, or in those before these. */
    @ParameterizedTest
    @CsvSource({"0, 15", "2499, 15", "2500, 15", "4999, 15", "5000, 22"})
    void whatOthersMayNotKnowOf_isTakenOffOwnPart(long millisAfter, long part) {
        long asked = 100 * SECOND + millisAfter * 1_000_000;
        own.granted(10, 100 * SECOND);
        own.asked(90, asked);

        assertThat(own.waitNanos(part, 4, asked + SECOND)).isZero();
        assertThat(own.waitNanos(part + 1, 4, asked + SECOND)).isPositive();
    }

    @Test
    void limitThatNobodyUses_isIdle_onceAWindowHasPassed() {
        own.touch(own.limit(), 0);
        assertThat(own.isIdle(MINUTE)).isFalse();
        assertThat(own.isIdle(MINUTE + 1)).isTrue();
        own.hold(1);
        assertThat(own.isIdle(5 * MINUTE)).isFalse();
        own.end(1, 1, 5 * MINUTE);
        assertThat(own.isIdle(6 * MINUTE)).isFalse();
        assertThat(own.isIdle(6 * MINUTE + SECOND)).isTrue();
    }

    @Test
    void nothingLeft_waitsForTheWindow_andNothingNeeded_fits() {
        own.asked(0, 0);

        assertThat(own.waitNanos(1, 2, SECOND)).isEqualTo(59 * SECOND);
        assertThat(own.waitNanos(0, 2, SECOND)).isZero();
    }

    @Test
    void overused_isAsIfNothingWereLeft() {
        own.asked(-50, 0);

        assertThat(own.waitNanos(1, 1, 0)).isPositive();
    }
}
