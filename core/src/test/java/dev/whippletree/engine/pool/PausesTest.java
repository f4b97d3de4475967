package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PausesTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Pauses pauses = new Pauses();

    @Test
    void pausesDouble_upToFiveMinutes() {
        long now = 0;
        for (int expected : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            long until = pauses.refused(now, SECOND, 0, now);
            assertThat(until - now).isEqualTo(expected * SECOND);
            now = until;
        }
    }

    @Test
    void callBegunBeforeThePauseWasOver_doesntProlongIt() {
        long until = pauses.refused(0, SECOND, 0, SECOND);
        assertThat(pauses.refused(0, SECOND, 0, SECOND + 1)).isEqualTo(until);
    }

    @Test
    void letIn_startsAnewWithAShortOne() {
        long until = pauses.refused(0, SECOND, 0, 0);
        until = pauses.refused(until, SECOND, 0, until);
        pauses.letIn(until);
        assertThat(pauses.refused(until, SECOND, 0, until) - until).isEqualTo(SECOND);
    }

    @Test
    void chance_spreadsPausesByAQuarter() {
        assertThat(pauses.refused(0, SECOND, 1, 0)).isEqualTo(SECOND * 5 / 4);
    }
}
