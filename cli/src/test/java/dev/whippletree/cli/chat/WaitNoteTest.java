package dev.whippletree.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.time.VirtualTimeline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitNoteTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final StringWriter terminal = new StringWriter();
    private final WaitNote note =
            new WaitNote(timeline, new PrintWriter(terminal), waited -> "for " + waited.toSeconds()).start();

    @Test
    void answerWithinASecond_drawsNothing() {
        timeline.advance(Duration.ofMillis(900));
        note.close();
        timeline.advance(Duration.ofSeconds(5));
        assertThat(terminal.toString()).isEmpty();
    }

    @Test
    void lateAnswer_findsTheLineDrawnAnewEachSecondAndThenGone() {
        timeline.advance(Duration.ofMillis(2_500));
        assertThat(terminal.toString()).isEqualTo("\r\u001b[Kfor 1\r\u001b[Kfor 2");
        note.close();
        note.close();
        timeline.advance(Duration.ofSeconds(5));
        assertThat(terminal.toString()).isEqualTo("\r\u001b[Kfor 1\r\u001b[Kfor 2\r\u001b[K");
    }

    @Test
    void lineThatStays_takesItsPlace() {
        timeline.advance(Duration.ofMillis(1_500));
        note.aside(() -> terminal.write("warn: hot\n"));
        timeline.advance(Duration.ofSeconds(1));
        note.close();
        assertThat(terminal.toString()).isEqualTo("\r\u001b[Kfor 1\r\u001b[Kwarn: hot\n\r\u001b[Kfor 2\r\u001b[K");
    }
}
