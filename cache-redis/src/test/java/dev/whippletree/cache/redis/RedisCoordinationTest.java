package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class RedisCoordinationTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private final FakeServices services = FakeServices.on(new VirtualTimeline(1));
    private final CoordinationCommands commands = mock(CoordinationCommands.class);
    private final List<CompletableFuture<CoordinationCommands.Beat>> beats = new ArrayList<>();

    @Test
    void closedCoordination_leavesOnceItsLastBeatIsAnswered_andThenHangsUp() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        when(commands.beat(any(), any())).thenAnswer(call -> {
            beats.add(new CompletableFuture<>());
            return beats.get(beats.size() - 1);
        });
        when(commands.leave(any())).thenReturn(left);
        Coordination coordination = RedisCoordination.open(
                CoordinationSettings.from(Settings.none("coordinator redis")), commands, services);
        coordination.close();
        verify(commands, never()).leave(any());
        beats.get(0).completeExceptionally(new RedisUnavailableException("gone"));
        verify(commands).leave(any());
        verify(commands, never()).close();
        left.complete(null);
        coordination.close();
        verify(commands).close();
        assertThat(coordination.claimProbe(Scope.of("a"), TIMEOUT).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("coordinator redis is closed");
    }
}
