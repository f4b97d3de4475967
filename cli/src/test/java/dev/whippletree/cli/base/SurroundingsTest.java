package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.VirtualTimeline;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurroundingsTest {

    private static Surroundings with(String input, Terminal terminal) {
        return new Surroundings(
                Map.of("TOKEN", "sesame"),
                Path.of("here"),
                new ByteArrayInputStream(input.getBytes()),
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                terminal,
                () -> ZoneOffset.UTC,
                new CompletableFuture<>(),
                new VirtualTimeline(1),
                Whippletree::builder);
    }

    @Test
    void othersOfTheSameKind_haveAnotherEnvironmentAndFolderAlone() {
        Surroundings some = with("", Terminal.NONE);
        Surroundings other = some.in(Map.of("OTHER", "open"), Path.of("there"));
        assertThat(other.environment()).isEqualTo(Map.of("OTHER", "open"));
        assertThat(other.folder()).isEqualTo(Path.of("there"));
        assertThat(other)
                .usingRecursiveComparison()
                .ignoringFields("environment", "folder")
                .isEqualTo(some);
        assertThat(some).asString().contains("here").doesNotContain("sesame", "TOKEN");
    }

    /** Where nobody says what is a terminal, only what has come tells that something is piped. */
    @ParameterizedTest
    @CsvSource({"text, false, true", "'', false, false", "text, true, false"})
    void input_isPipedIfItIsNoTerminalAndHasSomething(String input, boolean terminal, boolean piped) {
        assertThat(with(input, new Terminal(terminal, false, false, false)).isPiped())
                .isEqualTo(piped);
    }
}
