package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClosureTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void pauseOfOurOwn_isNoStatedTime_untilTheServiceSaysOne() {
        Closure closure = new Closure();
        closure.closeUntil(10, true, "no wait stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(Waits.NONE);
        closure.closeUntil(20, true, "no wait stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(Waits.NONE);
        closure.closeUntil(15, "stated", 0);
        assertThat(closure.statedNanos(0)).isEqualTo(20);
        closure.closeUntil(30, true, "no wait stated", 0);
        assertThat(closure.statedNanos(20)).isEqualTo(Waits.NONE);
        closure.closeUntilMended("no credit", 50, false, SECOND, 50);
        assertThat(closure.statedNanos(50)).as("nobody knows when").isEqualTo(Waits.NONE);
    }

    @Test
    void theLatestKnownTimeWins_andAnUnknownOneIsCheckedAgainAfterASecond() {
        Closure closure = new Closure();
        assertThat(closure.closeUntil(10, "first", 0)).isTrue();
        assertThat(closure.closeUntil(5, "earlier", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(10);
        assertThat(closure.closeUntil(20, "later", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(20);
        assertThat(closeUntilMended(closure, 0, 0)).isTrue();
        assertThat(closure.closeUntil(50, "later still", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(SECOND)).isZero();
        assertThat(closure.takeReopened(SECOND))
                .as("before anything has proved it")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofUnknownEnd_isCheckedNoSoonerThanAKnownTimeAllows_toldBeforeOrLater(boolean later) {
        Closure closure = new Closure();
        long aDay = 86_400 * SECOND;
        if (later) {
            closeUntilMended(closure, 0, 0);
        }
        assertThat(closure.closeUntil(aDay, "the day's limit", 1)).isEqualTo(!later);
        if (!later) {
            assertThat(closeUntilMended(closure, 1, 1)).isTrue();
        }
        assertThat(closure.waitNanos(aDay - 1)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(aDay)).isZero();
        assertThat(closure.isProbing(aDay)).isTrue();
    }

    @Test
    void eachRefusedProbeDoublesTheTime_andAnAcceptedOneStartsAnew() {
        Closure closure = new Closure();
        long now = 0;
        for (long seconds : new long[] {1, 2, 4, 8, 10, 10}) {
            assertThat(closeUntilMended(closure, now, now)).isEqualTo(now == 0);
            assertThat(closure.until() - now).isEqualTo(seconds * SECOND);
            assertThat(closeUntilMended(closure, now - 1, now + SECOND))
                    .as("of a call that began before")
                    .isFalse();
            now = closure.until();
            assertThat(closure.waitNanos(now)).isZero();
            closure.begun("probe", now);
            assertThat(closure.waitNanos(now)).isEqualTo(Waits.UNTIL_EVENT);
        }
        assertThat(closure.ended("probe", true)).isTrue();
        assertThat(closure.isProbing(now)).isFalse();
        assertThat(closeUntilMended(closure, now, now)).isTrue();
        assertThat(closure.until() - now).isEqualTo(SECOND);
    }

    @Test
    void thatMayBeItsPromptsFault_isCheckedByTenPromptsInTurn() {
        Closure closure = new Closure();
        for (int now = 0; now < 18; now += 2) {
            closure.closeUntilMended("nothing is served here", now, true, 10 * SECOND, now);
            assertThat(closure.waitNanos(now)).isZero();
            assertThat(closure.isProbing(now)).isTrue();
            closure.begun("probe", now);
            assertThat(closure.waitNanos(now)).isEqualTo(Waits.UNTIL_EVENT);
            closure.ended("probe", false);
        }
        closure.closeUntilMended("nothing is served here", 18, true, 10 * SECOND, 19);
        assertThat(closure.until()).isEqualTo(19 + SECOND);
    }

    private static boolean closeUntilMended(Closure closure, long began, long now) {
        return closure.closeUntilMended("no credit", began, false, 10 * SECOND, now);
    }

    @Test
    void ofKnownEnd_tellsOnceThatItIsOpenAgain() {
        Closure closure = new Closure();
        closure.closeUntil(10, "a limit", 0);
        assertThat(closure.takeReopened(9)).isFalse();
        assertThat(closure.takeReopened(10)).isTrue();
        assertThat(closure.takeReopened(10)).isFalse();
    }

    @Test
    void opensForOne_untilThatIsAdmitted_orWasUnderWayForLong() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openHalf(SECOND);
        closure.begun("first", 10 * SECOND);
        assertThat(closure.isHalfOpen(10 * SECOND)).isTrue();
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
        assertThat(closure.isHalfOpen(11 * SECOND)).isFalse();
        assertThat(closure.waitNanos(11 * SECOND)).isZero();
        closure.openForAll();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.isHalfOpen(10 * SECOND)).isFalse();
    }

    @Test
    void opensForOne_whichIsRefusedForItsPrompt_thenForAnotherOne() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openHalf(SECOND);
        closure.begun("first", 10 * SECOND);
        closure.ended("first", true);
        assertThat(closure.waitNanos(10 * SECOND)).isZero();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
    }
}
