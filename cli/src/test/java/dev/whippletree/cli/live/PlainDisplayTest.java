package dev.whippletree.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainDisplayTest {

    @Test
    void show_printsALineNowAndThenWithoutControlCharacters() {
        StringWriter out = new StringWriter();
        PlainDisplay display = new PlainDisplay(new PrintWriter(out), 200, 2);
        display.show(10, List.of("board"), "first");
        display.show(50, List.of("board"), "second");
        display.show(60, List.of("board"), "third");
        assertThat(out).hasToString("25 %: second" + System.lineSeparator());
    }
}
