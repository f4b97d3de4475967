package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void launcher_knowsBetterThanTheJvm() {
        assertThat(Terminal.of("in,err", Map.of(), true, true)).isEqualTo(new Terminal(true, true, false));
        assertThat(Terminal.of(",out", Map.of(), false, false)).isEqualTo(new Terminal(false, false, true));
    }

    @Test
    void noLauncher_leavesItToTheJvm() {
        assertThat(Terminal.of(null, Map.of(), true, false)).isEqualTo(new Terminal(true, true, false));
        assertThat(Terminal.of(null, Map.of(), false, false)).isEqualTo(Terminal.NONE);
    }

    @Test
    void noColor_isHonouredUnlessEmpty() {
        assertThat(Terminal.of("in,out,err", Map.of("NO_COLOR", "1"), true, true)
                        .colours())
                .isFalse();
        assertThat(Terminal.of("in,out,err", Map.of("NO_COLOR", ""), true, true).colours())
                .isTrue();
    }

    @Test
    void dumbTerminal_getsNeitherColoursNorRedrawnLines() {
        assertThat(Terminal.of("in,out,err", Map.of("TERM", "dumb"), true, true))
                .isEqualTo(new Terminal(true, false, false));
    }
}
