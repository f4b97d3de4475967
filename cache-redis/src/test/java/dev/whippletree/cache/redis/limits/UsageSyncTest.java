package dev.whippletree.cache.redis.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class UsageSyncTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class);
    private final Contact contact = new Contact(commands, services, "p", 3, Duration.ofMillis(250));

    /** The first beat is answered, and no other. */
    private void met() {
        CoordinationCommands.Beat beat = new CoordinationCommands.Beat(5, false);
        when(commands.beat(any(), any()))
                .thenReturn(CompletableFuture.completedFuture(beat))
                .thenReturn(new CompletableFuture<>());
        contact.start();
        timeline.advance(MOMENT);
        assertThat(contact.isSettled()).isTrue();
    }

    /** What has gone was perhaps lost, so the most that was seen counts for three seconds more. */
    @Test
    void usesOfOthers_areKnownFromTheLastBeats() {
        UsageSync sync = new UsageSync(commands, contact, services, () -> Map.of("mine", Duration.ofHours(1)));
        assertThat(sync.of("a")).isEmpty();
        met();
        List<Map<String, Long>> surveys =
                List.of(Map.of("a", 7L, "b", 1L), Map.of("a", 3L, "b", 2L), Map.of(), Map.of(), Map.of("a", 3L));
        for (int survey = 0; survey < surveys.size(); survey++) {
            when(commands.survey(Map.of("mine", Duration.ofHours(1))))
                    .thenReturn(CompletableFuture.completedFuture(surveys.get(survey)));
            sync.met();
            timeline.advance(Duration.ofSeconds(1));
            long used = survey < 4 ? 7 : 3;
            assertThat(sync.of("a"))
                    .map(UsageSync.Sight::used)
                    .as("survey " + survey)
                    .hasValue(used);
        }
        assertThat(sync.of("b")).map(UsageSync.Sight::used).hasValue(2L);
        assertThat(sync.of("never seen")).map(UsageSync.Sight::used).hasValue(0L);

        when(commands.survey(any())).thenReturn(CompletableFuture.failedFuture(new TimeoutException("silence")));
        sync.met();
        timeline.advance(MOMENT);
        assertThat(contact.isUp()).isFalse();
        assertThat(sync.of("a")).map(UsageSync.Sight::used).hasValue(3L);
    }
}
