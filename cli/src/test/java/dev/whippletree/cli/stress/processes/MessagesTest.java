package dev.whippletree.cli.stress.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.board.Snapshots;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes tell each other, on one line each. */
class MessagesTest {

    private static final Progress PROGRESS = new Progress(850, 400, 3, 7, Duration.ofNanos(1_234_567_891));

    @Test
    void reports_comeAcrossWhole() {
        InterviewResults results = new InterviewResults(
                850,
                847,
                3,
                1,
                0,
                Duration.ofNanos(17_000_000_001L),
                List.of(Duration.ofNanos(16_999_999_999L)),
                List.of("interview 1, question 2: \"why\"\nnot"));
        PartReport under = new PartReport(PROGRESS, Snapshots.busy(), Optional.empty());
        PartReport done = new PartReport(PROGRESS, Snapshots.fresh(), Optional.of(results));

        assertThat(PartReport.read(under.line())).contains(under);
        assertThat(PartReport.read(done.line())).contains(done);
        assertThat(under.line()).doesNotContain("\n");
        assertThat(done.line()).doesNotContain("\n");
    }

    @Test
    void assignments_comeAcrossWhole() {
        Assignment assignment = new Assignment(
                new Part(2, 4),
                Interviews.STANDARD.withThink(Duration.ofMillis(1500)).withMaxTokens(7),
                3,
                Limit.requests(250, Duration.ofMinutes(90)),
                "http://127.0.0.1:9100/v1",
                Optional.of("ehcache"),
                Optional.empty());

        assertThat(Assignment.read(assignment.line())).isEqualTo(assignment);
        assertThat(assignment.line()).doesNotContain("\n");
        assertThat(assignment.accountSettings()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "warn: something", "{}", "{\"progress\":", "{\"progress\":{},\"status\":{}}"})
    void anythingElse_isALineOfTheLog(String line) {
        assertThat(PartReport.read(line)).isEmpty();
    }

    @Test
    void redis_isNeverPrintedWithItsPassword_andEachRunHasKeysOfItsOwn() {
        SharedRedis one = SharedRedis.of(Secret.of("redis://:sesame@localhost"), 0x0123_4567_89ab_cdefL);

        assertThat(one.keyPrefix()).isEqualTo("whippletree-stress-01234567");
        assertThat(SharedRedis.of(one.uri(), -1).keyPrefix()).isEqualTo("whippletree-stress-ffffffff");
        assertThat(one.toString()).doesNotContain("sesame");
    }
}
