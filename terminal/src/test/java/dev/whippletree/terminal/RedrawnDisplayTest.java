package dev.whippletree.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.terminal.Terminal.Size.Extent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedrawnDisplayTest {

    private Extent size = new Extent(80, 24);
    private final StringWriter terminal = new StringWriter();
    private final RedrawnDisplay display = new RedrawnDisplay(
            new PrintWriter(terminal),
            new ProgressBar("Prompts", 200, Optional.of(Duration.ofSeconds(51))),
            () -> size);

    @Test
    void secondFrame_movesUpByTheFirstOnesLinesAndErasesThem() {
        display.show(50, Duration.ofMillis(12_300), List.of("one", "two"), "");
        String first = written();
        display.show(100, Duration.ofMillis(12_300), List.of("three"), "");
        assertThat(first)
                .contains("25 %")
                .contains("50 of 200")
                .doesNotContain("A\r")
                .contains("one\ntwo\n");
        assertThat(written())
                .startsWith("\u001b[?7l\u001b[4A\r\u001b[J")
                .contains("100 of 200")
                .contains("three\n");
    }

    @Test
    void moreThanAll_isAFullBar() {
        display.show(210, Duration.ofMillis(12_300), List.of(), "");
        assertThat(written()).contains("210 of 200", "█").doesNotContain("░");
    }

    @Test
    void log_staysAboveTheRedrawnLines() {
        display.show(50, Duration.ofMillis(12_300), List.of("one"), "");
        written();
        display.log("warn: something");
        assertThat(written()).containsSubsequence("\u001b[3A", "warn: something\n", "50 of 200", "one\n");
    }

    @Test
    void log_widerThanTheTerminal_isWrapped_sinceItStays() {
        display.show(50, Duration.ofMillis(12_300), List.of("one"), "");
        written();
        String line = "warn: " + "x".repeat(100);
        display.log(line);
        assertThat(written()).containsSubsequence("\u001b[J", "\u001b[?7h" + line + "\n\u001b[?7l", "50 of 200");
    }

    @Test
    void closed_leavesTheBarAndTakesTheLinesBelowItAway() {
        display.show(50, Duration.ofMillis(12_300), List.of("one"), "");
        written();
        display.close();
        assertThat(written()).contains("\u001b[3A\r\u001b[J", "50 of 200").doesNotContain("one");
    }

    @Test
    void closed_drawsNoMoreButStillLogs() {
        display.show(50, Duration.ofMillis(12_300), List.of("one"), "");
        display.close();
        written();
        display.show(60, Duration.ofMillis(12_300), List.of("two"), "");
        display.log("late");
        assertThat(written()).isEqualTo("late" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 40, 60, 80, 120, 200})
    void bar_fitsAndShowsItsNumbersWhole(int columns) {
        size = new Extent(columns, 24);
        display.show(50, Duration.ofMillis(12_300), List.of(), "");
        String line = written().split("\n")[0].replaceAll("\u001b\\[[?0-9]*[A-Za-z]|\r", "");
        assertThat(line).hasSizeLessThanOrEqualTo(columns).contains("25 %", "50 of 200", "12.3 s");
    }

    @Test
    void clock_goesOnWhileNothingIsDone() {
        display.show(50, Duration.ofSeconds(12), List.of(), "");
        display.show(50, Duration.ofSeconds(20), List.of(), "");
        assertThat(written()).contains("12.0 s of at least 51.0 s").contains("20.0 s of at least 51.0 s");
    }

    @Test
    void linesBeyondTheTerminal_areNotDrawn() {
        size = new Extent(80, 4);
        display.show(50, Duration.ZERO, List.of("one", "two", "three"), "");
        assertThat(written()).contains("one\n").doesNotContain("two");
        display.show(50, Duration.ZERO, List.of("one"), "");
        assertThat(written()).startsWith("\u001b[?7l\u001b[3A");
    }

    private String written() {
        String text = terminal.toString();
        terminal.getBuffer().setLength(0);
        return text;
    }
}
