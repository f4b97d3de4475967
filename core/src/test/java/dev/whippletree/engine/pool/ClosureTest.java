package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClosureTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void theLatestKnownTimeWins_andAnUnknownOneIsRecheckedHourly() {
        Closure closure = new Closure();
        assertThat(closure.closeUntil(10, "first", 0)).isTrue();
        assertThat(closure.closeUntil(5, "earlier", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(10);
        assertThat(closure.closeUntil(20, "later", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(20);
        assertThat(closure.closeUntilMended("no credit", 0)).isTrue();
        assertThat(closure.closeUntil(50, "later still", 0)).isFalse();
        assertThat(closure.waitNanos(0)).isEqualTo(Waits.UNKNOWN);
        long anHour = 3_600 * SECOND;
        assertThat(closure.waitNanos(anHour)).isZero();
        assertThat(closure.takeReopened(anHour))
                .as("before anything has proved it")
                .isFalse();
    }

    @Test
    void ofUnknownEnd_isLookedAtNoSoonerThanAKnownTimeAllows() {
        Closure closure = new Closure();
        long aDay = 86_400 * SECOND;
        closure.closeUntil(aDay, "the day's limit", 0);
        assertThat(closure.closeUntilMended("no credit", 1)).isTrue();
        assertThat(closure.waitNanos(aDay - 1)).isEqualTo(Waits.UNKNOWN);
        assertThat(closure.waitNanos(aDay)).isZero();
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
    void opensForOne_untilThatIsLetIn_orWasUnderWayForLong() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openForOne(SECOND);
        closure.begun("first", 10 * SECOND);
        assertThat(closure.isTriedOut(10 * SECOND)).isTrue();
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
        assertThat(closure.isTriedOut(11 * SECOND)).isFalse();
        assertThat(closure.waitNanos(11 * SECOND)).isZero();
        closure.openForAll();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.isTriedOut(10 * SECOND)).isFalse();
    }

    @Test
    void opensForOne_whichIsRefusedForItsPrompt_thenForAnotherOne() {
        Closure closure = new Closure();
        closure.closeUntil(10 * SECOND, "limit", 0);
        closure.openForOne(SECOND);
        closure.begun("first", 10 * SECOND);
        closure.ended("first", true);
        assertThat(closure.waitNanos(10 * SECOND)).isZero();
        closure.begun("second", 10 * SECOND);
        assertThat(closure.waitNanos(10 * SECOND)).isEqualTo(SECOND);
    }
}
