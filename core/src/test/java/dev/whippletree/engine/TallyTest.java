package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.flight.Tally;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TallyTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void promptsPerMinute_areOfTheLastMinute_andInTheFirstOfWhatHasPassed() {
        Tally tally = new Tally(-5 * SECOND);
        for (int second = 0; second < 10; second++) {
            tally.answered(tally.submitted(Prompt.of("hello")), Origin.Source.CALL, 1, (second - 5) * SECOND);
        }
        assertThat(tally.promptsPerMinute(5 * SECOND)).isEqualTo(60);
        assertThat(tally.promptsPerMinute(54 * SECOND)).isBetween(9.0, 11.0);
        assertThat(tally.promptsPerMinute(1_000 * SECOND)).isZero();
    }
}
