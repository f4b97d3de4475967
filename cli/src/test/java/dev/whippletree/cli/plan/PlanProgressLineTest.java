package dev.whippletree.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.planner.PlanProgress;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.VirtualTimeline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanProgressLineTest {

    private static final PlanProgress PROGRESS = new PlanProgress(3, 8, "500 interviews: any one account lost");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final StringWriter err = new StringWriter();

    private PlanProgressLine line(Terminal terminal) {
        return new PlanProgressLine(Shell.around(
                Path.of(""), Map.of(), new PrintWriter(new StringWriter()), new PrintWriter(err), terminal, timeline));
    }

    @Test
    void redrawnLine_staysInOneLineOfANarrowTerminal_andIsErased() {
        Terminal narrow = new Terminal(false, false, true, false, () -> new Terminal.Size.Extent(40, 24));
        try (PlanProgressLine line = line(narrow)) {
            timeline.advance(Duration.ofSeconds(2));
            line.show(PROGRESS);
            assertThat(err.toString()).isEqualTo("\r\u001b[K3 of 8 parts planned: 500 interviews: …");
        }
        assertThat(err.toString()).endsWith("…\r\u001b[K");
    }

    @Test
    void elsewhere_eachLineIsWhole_andNoneComesWithinASecondOrFiveOfTheLast() {
        try (PlanProgressLine line = line(Terminal.NONE)) {
            timeline.advance(Duration.ofMillis(999));
            line.show(new PlanProgress(1, 8, "too early"));
            timeline.advance(Duration.ofMillis(1));
            line.show(PROGRESS);
            timeline.advance(Duration.ofMillis(4_999));
            line.show(new PlanProgress(4, 8, "too early"));
            timeline.advance(Duration.ofMillis(1));
            line.show(new PlanProgress(5, 8, "the fewest accounts"));
        }
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("3 of 8 parts planned: 500 interviews: any one account lost"
                        + "5 of 8 parts planned: the fewest accounts");
    }

    @Test
    void lastPart_isNotTold_forThePlanFollows() {
        try (PlanProgressLine line = line(Terminal.NONE)) {
            timeline.advance(Duration.ofSeconds(2));
            line.show(new PlanProgress(8, 8, "advice"));
        }
        assertThat(err.toString()).isEmpty();
    }
}
