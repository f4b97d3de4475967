package dev.whippletree.cli.stress.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.board.Snapshots;
import dev.whippletree.model.Limit;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

    private static final Interviews INTERVIEWS =
            Interviews.STANDARD.withInterviews(100).withQuestions(10);
    private static final Assignment ASSIGNMENT = new Assignment(
            new Part(1, 4),
            INTERVIEWS,
            2,
            Limit.requests(1, Duration.ofHours(1)),
            "http://127.0.0.1:9100/v1",
            Optional.empty(),
            Optional.empty());
    private static final InterviewResults RESULTS =
            new InterviewResults(250, 250, 0, 0, 0, Duration.ofSeconds(9), List.of(), List.of());

    private final List<String> heard = new ArrayList<>();

    @Test
    void processThatReportsItsResults_isDone() {
        ChildProcess child = ended(0, report(0, false), report(100, false), report(250, true));

        assertThat(child.isDone()).isTrue();
        assertThat(child.isLost()).isFalse();
        assertThat(child.results()).isEqualTo(RESULTS);
        assertThat(child.progress().answered()).isEqualTo(250);
        assertThat(child.ended()).isDone();
        assertThat(heard).containsExactly("ended");
    }

    @Test
    void processThatIsKilled_losesWhatItDidNotReportAsAnswered() {
        ChildProcess child = ended(137, report(0, false), report(100, false), "{\"progress\":{\"promp");

        assertThat(child.isLost()).isTrue();
        assertThat(child.isDone()).isFalse();
        assertThat(child.results().prompts()).isEqualTo(250);
        assertThat(child.results().answered()).isEqualTo(100);
        assertThat(child.results().failed()).isEqualTo(150);
        assertThat(child.results().errors())
                .containsExactly("process 2 (pid 4711) was killed (signal 9): 150 of its 250 prompts were lost");
        assertThat(child.progress()).isEqualTo(new Progress(250, 100, 150, 0, Duration.ofSeconds(1)));
    }

    @Test
    void processThatEndsBeforeItIsReady_isTold() {
        ChildProcess child = ended(2, "whippletree: no such cache");

        assertThat(child.ready()).isDone();
        assertThat(child.latest()).isEmpty();
        assertThat(child.endInWords()).isEqualTo("ended (exit code 2)");
        assertThat(child.results().failed()).isEqualTo(250);
        assertThat(heard).containsExactly("whippletree: no such cache", "ended");
    }

    @Test
    void linesOfTheLog_areHeard_betweenReports() {
        ended(0, report(0, false), "warn: Redis is away", report(250, true));

        assertThat(heard).containsExactly("warn: Redis is away", "ended");
    }

    @Test
    void whatItIsTold_isALine() {
        FakeProcess process = new FakeProcess("", 0);
        new ChildProcess(ASSIGNMENT, process).send("go");

        assertThat(process.told()).isEqualTo("go\n");
    }

    private ChildProcess ended(int exitCode, String... output) {
        ChildProcess child = new ChildProcess(ASSIGNMENT, new FakeProcess(String.join("\n", output), exitCode));
        child.listen(new ChildProcess.Listener() {
            @Override
            public void logged(ChildProcess child, String line) {
                // What was cut off in the middle of a report is no use to anybody, and does no harm.
                if (!line.startsWith("{")) {
                    heard.add(line);
                }
            }

            @Override
            public void ended(ChildProcess child) {
                heard.add("ended");
            }

            @Override
            public long nanoTime() {
                return 0;
            }
        });
        return child;
    }

    private static String report(int answered, boolean done) {
        return new PartReport(
                        new Progress(250, answered, 0, 0, Duration.ofSeconds(1)),
                        Snapshots.fresh(),
                        done ? Optional.of(RESULTS) : Optional.empty())
                .line();
    }
}
