package dev.whippletree.planner.interviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Limit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessesTest {

    private static final Interviews INTERVIEWS =
            Interviews.STANDARD.withInterviews(10).withQuestions(3);
    private static final Processes TOGETHER = new Processes(4, true);
    private static final Processes APART = new Processes(4, false);

    @Test
    void parts_haveEachInterviewOnce() {
        assertThat(TOGETHER.parts().stream().flatMapToInt(part -> part.interviews(INTERVIEWS)))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(TOGETHER.parts())
                .extracting(part -> part.prompts(INTERVIEWS))
                .containsExactly(9, 9, 6, 6);
        assertThatThrownBy(() -> new Part(4, 4)).hasMessageContaining("not 4 of 4");
    }

    @Test
    void limits_areDividedAmongThoseWhoKnowNothingOfEachOther() {
        Limit limit = Limit.requests(1001, Duration.ofHours(1));

        assertThat(TOGETHER.declared(limit)).isEqualTo(limit);
        assertThat(APART.declared(limit)).isEqualTo(Limit.requests(250, Duration.ofHours(1)));
        assertThatThrownBy(() -> APART.declared(Limit.requests(3, Duration.ofHours(1))))
                .hasMessageContaining("can't be divided among 4 processes");
    }

    @Test
    void equalQuestions_costACallInEachProcessThatKnowsNothingOfTheOthers() {
        Interviews same = INTERVIEWS.withRepeat(1 - 3.0 / INTERVIEWS.prompts());

        assertThat(TOGETHER.calls(same)).isEqualTo(3);
        assertThat(APART.calls(same)).isEqualTo(12);
        assertThat(APART.calls(INTERVIEWS.withRepeat(0))).isEqualTo(30);
    }

    @Test
    void lowerBound_isThatOfTheProcessWithMostCalls() {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(
                        Interviews.STANDARD.withInterviews(9).withQuestions(100).withRepeat(0))
                .withLimit(Limit.requests(100, Duration.ofMinutes(1)));

        assertThat(StressReport.lowerBound(settings, TOGETHER))
                .as("900 calls, 200 at once: the fifth window, and an answer")
                .isEqualTo(Duration.ofSeconds(241));
        assertThat(StressReport.lowerBound(settings, APART))
                .as("300 calls of the first process, 50 at once: the sixth window")
                .isEqualTo(Duration.ofSeconds(301));
    }
}
