package dev.whippletree.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedrawnDisplayTest {

    private final StringWriter terminal = new StringWriter();
    private final RedrawnDisplay display = new RedrawnDisplay(new PrintWriter(terminal), "Prompts", 200);

    @Test
    void secondFrame_movesUpByTheFirstOnesLinesAndErasesThem() {
        display.show(50, List.of("one", "two"), "");
        String first = written();
        display.show(100, List.of("three"), "");
        assertThat(first)
                .contains("25%")
                .contains("50/200")
                .doesNotContain("A\r")
                .contains("one\ntwo\n");
        assertThat(written())
                .startsWith("\u001b[?7l\u001b[4A\r\u001b[J")
                .contains("100/200")
                .contains("three\n");
    }

    @Test
    void log_staysAboveTheRedrawnLines() {
        display.show(50, List.of("one"), "");
        written();
        display.log("warn: something");
        assertThat(written()).containsSubsequence("\u001b[3A", "warn: something\n", "50/200", "one\n");
    }

    @Test
    void closed_leavesTheBarAndTakesTheLinesBelowItAway() {
        display.show(50, List.of("one"), "");
        written();
        display.close();
        assertThat(written()).contains("\u001b[3A\r\u001b[J", "50/200").doesNotContain("one");
    }

    @Test
    void closed_drawsNoMoreButStillLogs() {
        display.show(50, List.of("one"), "");
        display.close();
        written();
        display.show(60, List.of("two"), "");
        display.log("late");
        assertThat(written()).isEqualTo("late" + System.lineSeparator());
    }

    private String written() {
        String text = terminal.toString();
        terminal.getBuffer().setLength(0);
        return text;
    }
}
