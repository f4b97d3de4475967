package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class PausesTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final OptionalLong UNTOLD = OptionalLong.empty();

    private final Pauses pauses = new Pauses();

    @Test
    void pausesDouble_upToFiveMinutes() {
        long now = 0;
        for (int expected : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            long until = pauses.refused(now, UNTOLD, SECOND, 0, now);
            assertThat(until - now).isEqualTo(expected * SECOND);
            now = until;
        }
    }

    @Test
    void callBegunBeforeThePauseWasOver_doesntProlongIt() {
        long until = pauses.refused(0, UNTOLD, SECOND, 0, SECOND);
        assertThat(pauses.refused(0, UNTOLD, SECOND, 0, SECOND + 1)).isEqualTo(until);
    }

    @Test
    void letIn_startsAnewWithAShortOne() {
        long until = pauses.refused(0, UNTOLD, SECOND, 0, 0);
        until = pauses.refused(until, UNTOLD, SECOND, 0, until);
        pauses.letIn(until);
        assertThat(pauses.refused(until, UNTOLD, SECOND, 0, until) - until).isEqualTo(SECOND);
    }

    @Test
    void chance_spreadsPausesByAQuarter() {
        assertThat(pauses.refused(0, UNTOLD, SECOND, 1, 0)).isEqualTo(SECOND * 5 / 4);
    }

    private static OptionalLong told(long seconds) {
        return OptionalLong.of(seconds * SECOND);
    }

    @Test
    void toldTooLittle_againAndAgain_waitsHalfTheTimeSoFar() {
        long now = 0;
        int calls = 0;
        while (now < 3600 * SECOND) {
            now = pauses.refused(now, told(1), SECOND, 0, now);
            calls++;
        }
        assertThat(calls).isLessThan(30);
        assertThat(pauses.isUncertain()).isTrue();
    }

    @Test
    void refusedAgainWhenItOpensForAll_isNotWaitedForLonger_onlyFromTheNextTimeOn() {
        long second = pauses.refused(0, told(10), SECOND, 0, 0);
        long third = pauses.refused(second, told(1), SECOND, 0, second);
        assertThat(third - second).as("others may have used what there was").isEqualTo(SECOND);
        assertThat(pauses.isUncertain()).isTrue();
        long fourth = pauses.refused(third, told(1), SECOND, 0, third);
        assertThat(fourth - third).as("half of the time so far").isEqualTo(11 * SECOND / 2);
    }

    @Test
    void toldRightly_isNeverWaitedForLonger() {
        long now = 0;
        for (int window = 0; window < 10; window++) {
            long until = pauses.refused(now, told(4), SECOND, 0, now);
            assertThat(until - now).isEqualTo(4 * SECOND);
            assertThat(pauses.isUncertain()).isFalse();
            pauses.letIn(until);
            now = until + SECOND;
        }
    }

    @Test
    void serviceThatNeverLetInAnything_isAskedNoEarlierThanItSays() {
        assertThat(pauses.refused(0, told(60), SECOND, 0, 0)).isEqualTo(60 * SECOND);
        assertThat(pauses.isUncertain()).isFalse();
    }

    @Test
    void longWaitThatIsRight_isTriedOutByOneCall_andThenBelieved() {
        int inVain = 0;
        long now = letInAt(0);
        for (int window = 0; window < 17; window++) {
            long end = now + 60 * SECOND;
            long until = pauses.refused(now, told(60), SECOND, 0, now);
            while (until < end) {
                inVain++;
                assertThat(pauses.isUncertain()).isTrue();
                until = pauses.refused(until, told((end - until + SECOND - 1) / SECOND), SECOND, 0, until);
            }
            assertThat(pauses.isUncertain()).as("it opens for all").isFalse();
            assertThat(until - end).isBetween(0L, SECOND);
            now = letInAt(until);
        }
        assertThat(inVain).isEqualTo(1);
    }

    @Test
    void toldTenTimesTooMuch_isFoundOutByHowFastItShrinks() {
        long now = letInAt(0);
        for (int window = 0; window < 8; window++) {
            long end = now + 10 * SECOND;
            long until = pauses.refused(now, told(100), SECOND, 0, now);
            int calls = 0;
            while (until < end) {
                until = pauses.refused(until, told((10 * (end - until) + SECOND - 1) / SECOND), SECOND, 0, until);
                calls++;
            }
            assertThat(until - end).as("window %d", window).isLessThan(2 * SECOND);
            assertThat(calls).isLessThan(4);
            now = letInAt(until);
        }
    }

    @Test
    void trialThatIsRefusedWithoutAWait_isInVain_andTheWaitThatWasToldLasts() {
        long now = letInAt(0);
        long until = pauses.refused(now, told(60), SECOND, 0, now);
        assertThat(until).isLessThan(now + 10 * SECOND);
        assertThat(pauses.refused(until, OptionalLong.empty(), SECOND, 0, until))
                .isEqualTo(now + 60 * SECOND);
    }

    @Test
    void waitThatEndsLessThanASecondSooner_wasRoundedAndNotExaggerated() {
        long now = letInAt(0);
        pauses.refused(now, told(6), SECOND, 0, now);
        now = letInAt(now + 5 * SECOND + 1);
        assertThat(pauses.refused(now, told(64), SECOND, 0, now)).isEqualTo(now + 4 * SECOND);
    }

    @Test
    void waitThatIsToldALittleLater_wasNotExaggerated() {
        long now = letInAt(0);
        long until = pauses.refused(now, told(22), SECOND, 0, now);
        long later = until + SECOND * 9 / 10;
        assertThat(pauses.refused(until, told(18), SECOND, 0, later)).isEqualTo(later + 18 * SECOND);
    }

    @Test
    void waitThatShrankFasterOnce_isTriedOutOnceMore() {
        long now = letInAt(0);
        long first = pauses.refused(now, told(120), SECOND, 0, now);
        long second = pauses.refused(first, told(110), SECOND, 0, first);
        assertThat(second).isEqualTo(first + 110 * SECOND / 16);
        assertThat(pauses.refused(second, told(103), SECOND, 0, second)).isEqualTo(second + 103 * SECOND);
    }

    @Test
    void anotherLimitsShorterWait_isNoExaggeration() {
        long now = letInAt(0);
        long until = pauses.refused(now, told(60), SECOND, 0, now);
        long next = pauses.refused(until, told(6), SECOND, 0, until);
        next = pauses.refused(next, told(6 - (next - until) / SECOND), SECOND, 0, next);
        now = letInAt(next);
        assertThat(pauses.refused(now, told(60), SECOND, 0, now)).isEqualTo(now + 60 * SECOND);
    }

    @Test
    void toldTheSameAllTheTime_isTriedOutMoreAndMoreSeldom() {
        int inVain = 0;
        long now = letInAt(0);
        for (int window = 0; window < 64; window++) {
            long end = now + 60 * SECOND;
            long until = now;
            do {
                until = pauses.refused(until, told(60), SECOND, 0, until);
                inVain++;
            } while (until < end);
            now = letInAt(until);
        }
        assertThat(inVain - 64).isLessThan(8);
    }

    @Test
    void waitThatIsOverSooner_isBelievedLess() {
        long now = letInAt(0);
        long until = pauses.refused(now, told(3200), SECOND, 0, now);
        assertThat(until - now).isEqualTo(200 * SECOND);
        now = letInAt(until);
        until = pauses.refused(now, told(320), SECOND, 0, now);
        assertThat(until - now).isLessThanOrEqualTo(20 * SECOND);
    }

    @Test
    void exaggerationThatIsOver_isForgottenAtTheNextRefusal() {
        long now = letInAt(0);
        now = letInAt(pauses.refused(now, told(3200), SECOND, 0, now));
        long end = now + 320 * SECOND;
        int calls = 0;
        for (long until = now; until < end; calls++) {
            until = pauses.refused(until, told((end - until + SECOND - 1) / SECOND), SECOND, 0, until);
        }
        assertThat(calls).isLessThan(5);
    }

    private long letInAt(long moment) {
        pauses.letIn(moment);
        return moment + SECOND;
    }
}
