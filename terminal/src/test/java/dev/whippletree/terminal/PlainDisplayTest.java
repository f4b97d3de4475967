package dev.whippletree.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainDisplayTest {

    @Test
    void show_printsALineNowAndThenWithoutControlCharacters() {
        StringWriter out = new StringWriter();
        PlainDisplay display =
                new PlainDisplay(new PrintWriter(out), new ProgressBar("Prompts", 200, Optional.empty()), 2);
        display.show(10, Duration.ofSeconds(5), List.of("board"), "first");
        display.show(50, Duration.ofSeconds(5), List.of("board"), "second");
        display.show(60, Duration.ofSeconds(5), List.of("board"), "third");
        assertThat(out).hasToString("25 % after 5.0 s: second" + System.lineSeparator());
    }
}
