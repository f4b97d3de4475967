package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RefusalBackoffTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final OptionalLong UNSAID = OptionalLong.empty();

    /** The first pause is a second. */
    private static final OptionalDouble FOUR_A_SECOND = OptionalDouble.of(4.0 / SECOND);

    private final RefusalBackoff backoff = new RefusalBackoff();

    @Test
    void pausesDouble_upToFiveMinutes() {
        long now = 0;
        for (int expected : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            long until = backoff.refused(now, UNSAID, FOUR_A_SECOND, 0, now);
            assertThat(until - now).isEqualTo(expected * SECOND);
            now = until;
        }
    }

    @Test
    void callBegunBeforeThePauseWasOver_doesntProlongIt() {
        long until = backoff.refused(0, UNSAID, FOUR_A_SECOND, 0, SECOND);
        assertThat(backoff.refused(0, UNSAID, FOUR_A_SECOND, 0, SECOND + 1)).isEqualTo(until);
    }

    @Test
    void admitted_startsAnewWithAShortOne() {
        long until = backoff.refused(0, UNSAID, FOUR_A_SECOND, 0, 0);
        until = backoff.refused(until, UNSAID, FOUR_A_SECOND, 0, until);
        backoff.admitted(until);
        assertThat(backoff.refused(until, UNSAID, FOUR_A_SECOND, 0, until) - until)
                .isEqualTo(SECOND);
    }

    private static OptionalLong reported(long seconds) {
        return OptionalLong.of(seconds * SECOND);
    }

    @Test
    void reportedTooLittle_againAndAgain_waitsHalfTheTimeSoFar() {
        long now = 0;
        int calls = 0;
        while (now < 3600 * SECOND) {
            now = backoff.refused(now, reported(1), FOUR_A_SECOND, 0, now);
            calls++;
        }
        assertThat(calls).isLessThan(30);
        assertThat(backoff.isHalfOpen()).isTrue();
    }

    @Test
    void refusedAgainWhenItOpensForAll_isNotWaitedForLonger_onlyFromTheNextTimeOn() {
        long second = backoff.refused(0, reported(10), FOUR_A_SECOND, 0, 0);
        long third = backoff.refused(second, reported(1), FOUR_A_SECOND, 0, second);
        assertThat(third - second).as("others may have used what there was").isEqualTo(SECOND);
        assertThat(backoff.isHalfOpen()).isTrue();
        long fourth = backoff.refused(third, reported(1), FOUR_A_SECOND, 0, third);
        assertThat(fourth - third).as("half of the time so far").isEqualTo(11 * SECOND / 2);
    }

    @Test
    void reportedRightly_isNeverWaitedForLonger() {
        long now = 0;
        for (int window = 0; window < 10; window++) {
            long until = backoff.refused(now, reported(4), FOUR_A_SECOND, 0, now);
            assertThat(until - now).isEqualTo(4 * SECOND);
            assertThat(backoff.isHalfOpen()).isFalse();
            backoff.admitted(until);
            now = until + SECOND;
        }
    }

    @Test
    void retryAfter_isWaitedFor_howeverLong_alsoIfALaterOneIsShorter() {
        assertThat(backoff.refused(0, reported(3_600), FOUR_A_SECOND, 0, 0)).isEqualTo(3_600 * SECOND);
        assertThat(backoff.refused(0, reported(10), FOUR_A_SECOND, 0, SECOND)).isEqualTo(3_600 * SECOND);
        assertThat(backoff.refused(0, UNSAID, FOUR_A_SECOND, 0, SECOND)).isEqualTo(3_600 * SECOND);
        assertThat(backoff.refused(0, reported(4_000), FOUR_A_SECOND, 0, SECOND))
                .isEqualTo(4_001 * SECOND);
        assertThat(backoff.isHalfOpen()).isFalse();
    }

    @Test
    void callThatBeganDuringThePause_isAdmitted_endsNothing() {
        backoff.refused(0, reported(60), FOUR_A_SECOND, 0, 0);
        backoff.admitted(59 * SECOND);
        assertThat(backoff.refusesAll()).isTrue();
        backoff.admitted(60 * SECOND);
        assertThat(backoff.refusesAll()).isFalse();
    }

    @ParameterizedTest(name = "{0} calls a second: {1} ms")
    @CsvSource({"0, 500", "1, 4000", "10, 400", "1000, 4", "0.01, 300000"})
    void firstPause_isFourCallsTime_orHalfASecond(double perSecond, long millis) {
        OptionalDouble rate = perSecond == 0 ? OptionalDouble.empty() : OptionalDouble.of(perSecond / SECOND);
        long nanos = Duration.ofMillis(millis).toNanos();
        assertThat(backoff.refused(0, UNSAID, rate, 0, 0)).isEqualTo(nanos);
        assertThat(new RefusalBackoff().refused(0, UNSAID, rate, 1, 0))
                .as("spread by a quarter")
                .isEqualTo(nanos * 5 / 4);
    }
}
