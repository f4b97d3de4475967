package dev.whippletree.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static final BooleanSupplier YES = () -> true;
    private static final BooleanSupplier NO = () -> false;

    @Test
    void launcher_knowsBetterThanTheJvm() {
        assertThat(Terminal.of("in,err", Map.of(), YES, YES)).isEqualTo(new Terminal(true, false, true, false));
        assertThat(Terminal.of(",out", Map.of(), NO, NO)).isEqualTo(new Terminal(false, true, false, true));
    }

    @Test
    void noLauncher_leavesItToTheJvm() {
        assertThat(Terminal.of(null, Map.of(), YES, NO)).isEqualTo(new Terminal(true, true, true, false));
        assertThat(Terminal.of(null, Map.of(), NO, NO)).isEqualTo(Terminal.NONE);
    }

    /** Its streams are pipes. */
    @Test
    void jvmOfThisTest_hasNoTerminal_evenWhereItHasAConsole() {
        Terminal terminal = Terminal.ofProcess(Map.of(), NO);
        assertThat(terminal.in() || terminal.out() || terminal.err()).isFalse();
    }

    @Test
    void noColor_isHonouredUnlessEmpty() {
        assertThat(Terminal.of("in,out,err", Map.of("NO_COLOR", "1"), YES, YES).colours())
                .isFalse();
        assertThat(Terminal.of("in,out,err", Map.of("NO_COLOR", ""), YES, YES).colours())
                .isTrue();
    }

    @Test
    void dumbTerminal_getsNeitherColoursNorRedrawnLines() {
        assertThat(Terminal.of("in,out,err", Map.of("TERM", "dumb"), YES, YES))
                .isEqualTo(new Terminal(true, true, false, false));
    }

    @Test
    void size_isWhatSttySays_orTheUsualOne() {
        assertThat(TtySize.parse("45 120\n")).isEqualTo(new Terminal.Size.Extent(120, 45));
        assertThat(TtySize.parse("0 0\n")).isEqualTo(new Terminal.Size.Extent(80, 24));
        assertThat(TtySize.parse("")).isEqualTo(new Terminal.Size.Extent(80, 24));
    }

    @Test
    void screen_isAsWideAsTheTerminal_andAPipeCutsNothing() {
        Terminal terminal = new Terminal(true, true, false, false, () -> new Terminal.Size.Extent(40, 20));
        assertThat(terminal.screen().columns()).isEqualTo(40);
        assertThat(terminal.errScreen().columns()).isEqualTo(200);
        assertThat(Terminal.NONE.screen().columns()).isEqualTo(200);
    }
}
