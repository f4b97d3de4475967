package dev.whippletree.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal that fails would leave a gateway without class data, and nobody would notice. */
@Tag("slow")
class ServeRehearsalTest {

    @TempDir
    private Path folder;

    @Test
    void gateway_answersEachPrompt_andPrintsNothing() {
        StringWriter printed = new StringWriter();
        PrintWriter writer = new PrintWriter(printed);
        try (SystemTimeline timeline = new SystemTimeline()) {
            Surroundings surroundings = Shell.around(folder, Map.of(), writer, writer, Terminal.NONE, timeline);
            assertThat(ServeRehearsal.serve(surroundings, 100))
                    .hasSize(100)
                    .allSatisfy(answer -> assertThat(answer.text()).isNotEmpty());
        }
        assertThat(printed.toString()).isEmpty();
    }
}
