package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.VirtualTimeline;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SurroundingsTest {

    @Test
    void othersOfTheSameKind_haveAnotherEnvironmentAndFolderAlone() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Surroundings some = Shell.around(
                Path.of("here"), Map.of("TOKEN", "sesame"), nowhere, nowhere, Terminal.NONE, new VirtualTimeline(1));
        Surroundings other = some.in(Map.of("OTHER", "open"), Path.of("there"));
        assertThat(other.environment()).isEqualTo(Map.of("OTHER", "open"));
        assertThat(other.folder()).isEqualTo(Path.of("there"));
        assertThat(other)
                .usingRecursiveComparison()
                .ignoringFields("environment", "folder")
                .isEqualTo(some);
        assertThat(some).asString().contains("here").doesNotContain("sesame", "TOKEN");
    }
}
