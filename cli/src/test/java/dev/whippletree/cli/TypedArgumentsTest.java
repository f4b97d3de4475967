package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TypedArgumentsTest {

    /** The examples of Microsoft's page come first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "abc" d e | abc;d;e
            a\\\\b d"e f"g h | a\\\\b;de fg;h
            a\\\\\\"b c d | a\\"b;c;d
            a\\\\\\\\"b c" d e | a\\\\b c;d;e
            a"b"" c d | ab" c d
            ask "Größe 尺寸 🐎" | ask;Größe 尺寸 🐎
            ask --file "C:\\dir\\\\" x | ask;--file;C:\\dir\\;x
            ask "" | ask;
            """)
    void line_isDividedAsWindowsDoes(String line, String arguments) {
        String[] expected = arguments.split(";", -1);

        assertThat(TypedArguments.of(new String[expected.length], line)).containsExactly(expected);
    }

    @Test
    void tabsAndBlanksAround_divideNothing() {
        assertThat(TypedArguments.of(new String[2], " \task \t x ")).containsExactly("ask", "x");
    }

    @Test
    void withoutALine_orWithOneThatIsDividedOtherwise_theGivenArgumentsCount() {
        String[] given = {"ask", "Gr??e"};

        assertThat(TypedArguments.of(given, null)).isSameAs(given);
        assertThat(TypedArguments.of(given, "ask Größe x")).isSameAs(given);
    }

    @Test
    void launcherOfWindows_handsTheLineOver() throws IOException {
        assertThat(Files.readString(Path.of("src/main/dist/bin/whippletree.cmd")))
                .contains("set " + TypedArguments.VARIABLE + "=%*\r\n")
                .contains(" -D" + TypedArguments.PROPERTY + "=true ");
    }
}
