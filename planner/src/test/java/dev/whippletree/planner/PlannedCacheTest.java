package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannedCacheTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final PlannedCache cache = new PlannedCache(timeline);

    private CacheKey put(String digit, String tenant, Duration life) {
        Origin origin = new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ZERO, Optional.empty());
        CacheKey key = new CacheKey(digit.repeat(64), tenant, Optional.empty());
        cache.put(
                        key,
                        new CacheEntry(
                                new Completion(
                                        digit,
                                        Optional.empty(),
                                        List.of(),
                                        FinishReason.STOP,
                                        Optional.empty(),
                                        origin),
                                timeline.now().plus(life)))
                .toCompletableFuture()
                .join();
        return key;
    }

    private boolean has(CacheKey key) {
        return cache.get(key).toCompletableFuture().join().isPresent();
    }

    @Test
    void answer_isThereUntilItExpires_orIsRemoved() {
        CacheKey hour = put("a", "", Duration.ofHours(1));
        CacheKey day = put("b", "", Duration.ofDays(1));
        timeline.advance(Duration.ofHours(1).minusNanos(1));
        assertThat(has(hour)).isTrue();
        timeline.advance(Duration.ofNanos(1));
        assertThat(has(hour)).isFalse();
        assertThat(has(day)).isTrue();
        cache.remove(day).toCompletableFuture().join();
        assertThat(has(day)).isFalse();
    }
}
