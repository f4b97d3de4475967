package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A rehearsal that fails early would leave out of the class data what comes later, and nobody would notice. */
@Tag("slow")
class RehearsalTest {

    @TempDir
    private Path folder;

    @Test
    void rehearsal_showsHelp_asksEachServiceTwice_andOneByTls() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try (SystemTimeline timeline = new SystemTimeline()) {
            Surroundings surroundings =
                    Shell.around(folder, Map.of(), new PrintWriter(out), new PrintWriter(err), Terminal.NONE, timeline);
            new Rehearsal(surroundings, folder).run();
        }
        assertThat(out.toString()).startsWith("Usage: whippletree");
        assertThat(out.toString().lines().filter(line -> line.endsWith(" openai/gpt-oss-20b]")))
                .hasSize(6);
        assertThat(err.toString()).contains("TLS handshake failed");
    }
}
