package dev.whippletree.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TrendTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private int waiting;
    private Runnable duringALook = () -> {};
    private final Trend trend = new Trend(this::status, timeline);

    private StatusSnapshot status() {
        waiting++;
        duringALook.run();
        return new StatusSnapshot(
                timeline.now(),
                Duration.ZERO,
                new Prompts(0, 0, 0, 0, 0, 0, 0),
                0,
                waiting,
                2,
                0,
                3.5,
                new Latency(0, Duration.ZERO, Duration.ZERO),
                TokenUsage.NONE,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of());
    }

    @Test
    void everyFewSeconds_aLookIsTaken() {
        String start = timeline.now().plus(Trend.EVERY).toString();
        trend.begin();
        timeline.advance(Trend.EVERY.multipliedBy(2));
        assertThat(trend.json()).hasSize(2);
        assertThat(trend.json().get(0))
                .containsEntry("at", start)
                .containsEntry("waiting", 1)
                .containsEntry("in_flight", 2)
                .containsEntry("prompts_per_minute", 3.5);
    }

    @Test
    void onlyTheLastLooksAreKept() {
        trend.begin();
        timeline.advance(Duration.ofMinutes(10).plus(Trend.EVERY.multipliedBy(5)));
        assertThat(trend.json()).hasSize(120);
        assertThat(trend.json().get(0))
                .containsEntry("waiting", 6)
                .containsEntry(
                        "at",
                        timeline.now()
                                .minus(Duration.ofMinutes(10))
                                .plus(Trend.EVERY)
                                .toString());
    }

    @Test
    void closed_looksNoMore() {
        trend.begin();
        timeline.advance(Trend.EVERY);
        trend.close();
        timeline.advance(Trend.EVERY.multipliedBy(3));
        assertThat(trend.json()).hasSize(1);
        assertThat(waiting).isEqualTo(1);
    }

    @Test
    void closedDuringALook_keepsIt_andLooksNoMore() {
        trend.begin();
        duringALook = trend::close;
        timeline.advance(Trend.EVERY.multipliedBy(3));
        assertThat(trend.json()).isEmpty();
        assertThat(waiting).isEqualTo(1);
    }
}
