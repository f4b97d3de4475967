package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VirtualTimelineTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final List<String> ran = new ArrayList<>();

    @Test
    void events_runByTimeAndThenInTheOrderTheyCame() {
        timeline.schedule(20, () -> ran.add("late"));
        timeline.schedule(10, () -> ran.add("first"));
        timeline.schedule(10, () -> ran.add("second"));
        timeline.schedule(-1, () -> ran.add("at " + timeline.nanoTime()));
        timeline.runAll();
        assertThat(ran).containsExactly("at 0", "first", "second", "late");
        assertThat(timeline.nanoTime()).isEqualTo(20);
    }

    @Test
    void advance_runsWhatIsDueThenAndStandsThere() {
        timeline.schedule(10, () -> timeline.schedule(5, () -> ran.add("nested")));
        timeline.schedule(16, () -> ran.add("later"));
        Instant before = timeline.now();
        timeline.advance(Duration.ofNanos(15));
        assertThat(timeline.now()).isEqualTo(before.plusNanos(15));
        assertThat(ran).containsExactly("nested");
        assertThat(timeline.nanoTime()).isEqualTo(15);
    }

    @Test
    void cancelled_neitherRunsNorMovesTime() {
        timeline.schedule(10, () -> ran.add("cancelled")).cancel();
        assertThat(timeline.runNext()).isFalse();
        assertThat(timeline.nanoTime()).isZero();
        assertThat(ran).isEmpty();
    }

    @Test
    void delayOfForever_comesLast() {
        timeline.advance(Duration.ofSeconds(1));
        timeline.schedule(Long.MAX_VALUE, () -> ran.add("forever"));
        timeline.schedule(1, () -> ran.add("soon"));
        timeline.runNext();
        assertThat(ran).containsExactly("soon");
    }
}
