package dev.whippletree.engine.pool;

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
    void longWait_isTriedOutAtHalfOfIt_seldomIfInVain() {
        long now = 0;
        int inVain = 0;
        for (int window = 0; window < 64; window++) {
            long end = now + 60 * SECOND;
            long until = pauses.refused(now, told(60), SECOND, 0, now);
            while (until < end) {
                inVain++;
                assertThat(pauses.isUncertain()).isTrue();
                until = pauses.refused(until, told(1 + (end - until) / SECOND), SECOND, 0, until);
            }
            pauses.letIn(until);
            now = until + SECOND;
        }
        assertThat(inVain).isLessThan(8);
    }

    @Test
    void toldTenTimesTooMuch_isBelievedLessEachTime() {
        long now = 0;
        long until = 0;
        for (int window = 0; window < 8; window++) {
            until = pauses.refused(now, told(100), SECOND, 0, now);
            long wait = until - now;
            while (wait < 10 * SECOND) {
                until = pauses.refused(until, told(101 - 10 * wait / SECOND), SECOND, 0, until);
                wait = until - now;
            }
            pauses.letIn(until);
            now = until + SECOND;
        }
        assertThat(pauses.refused(now, told(100), SECOND, 0, now) - now).isLessThan(13 * SECOND);
    }
}
