package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WaitLineTest {

    @Test
    void promptThatIsAsked_hasNothingToWaitFor() {
        assertThat(WaitLine.of(Snapshots.fresh(), Duration.ofMillis(2_012), ZoneOffset.UTC))
                .isEqualTo("asking, 2 s");
    }

    @Test
    void promptInLine_waitsForTheAccountThatOpensFirst() {
        assertThat(WaitLine.of(Snapshots.busy(), Duration.ofMillis(61_012), ZoneOffset.UTC))
                .isEqualTo(
                        "waiting, 1 m 01 s, room at 14:03:45 (in 23.0 s), hf-1 is busy: 1000 requests / 1h are used up");
    }
}
