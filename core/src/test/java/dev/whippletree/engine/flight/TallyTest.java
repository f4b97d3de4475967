package dev.whippletree.engine.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TallyTest {

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    @Test
    void promptsPerMinute_areOfTheLastMinute_andInTheFirstOfWhatHasPassed() {
        Tally tally = new Tally(-5 * SECOND_NANOS);
        var unused = tally.submitted(Prompt.of("never answered"));
        for (int second = 0; second < 10; second++) {
            tally.answered(tally.submitted(Prompt.of("hello")), Origin.Source.CALL, 1, (second - 5) * SECOND_NANOS);
        }
        assertThat(tally.promptsPerMinute(5 * SECOND_NANOS)).isEqualTo(60);
        assertThat(tally.promptsPerMinute(54 * SECOND_NANOS + 999_999_999)).isBetween(9.99, 10.01);
        assertThat(tally.promptsPerMinute(55 * SECOND_NANOS)).isEqualTo(9);
        assertThat(tally.promptsPerMinute(1_000 * SECOND_NANOS)).isZero();
    }

    @Test
    void sessions_areThoseOfEachTenant_withPromptsUnderWay() {
        Tally tally = new Tally(0);
        List<Tally.ActiveSession> all = new ArrayList<>();
        for (String tenant : List.of("", "acme")) {
            for (String session : List.of("", "s", "s", "acme")) {
                all.add(tally.submitted(Prompt.builder()
                        .user("q")
                        .tenant(tenant)
                        .session(session)
                        .build()));
            }
        }
        assertThat(tally.sessionsActive()).isEqualTo(6);
        tally.answered(all.get(1), Origin.Source.JOINED, 1, 1);
        tally.answered(all.get(0), Origin.Source.CACHE, 1, 1);
        assertThat(tally.sessionsActive()).isEqualTo(5);
        tally.failed(all.get(2));
        tally.cancelled(all.get(3));
        tally.resumed();
        assertThat(tally.sessionsActive()).isEqualTo(3);
        assertThat(tally.prompts()).isEqualTo(new StatusSnapshot.Prompts(8, 2, 1, 1, 1, 1, 1));
    }
}
