package dev.whippletree.cache.redis;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Verdict;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class RedisCoordinationTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final TenantTurn TURN = new TenantTurn("acme", Priority.INTERACTIVE, 1);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class);
    private final List<CompletableFuture<CoordinationCommands.Beat>> beats = new ArrayList<>();

    private static LimitUse use(long amount) {
        return new LimitUse(Scope.of("a"), "requests", Limit.requests(10, Duration.ofMinutes(1)), amount);
    }

    /** The last trade is younger than two and a half seconds all the time. */
    @Test
    void leftOfALimit_isWhatAllHaveLeft_andTheOwnShareWhileRedisIsAway() {
        ModelledRedis redis = new ModelledRedis(timeline);
        FaultyCommands network = new FaultyCommands(redis, timeline);
        Coordination own = CoordinatedProcess.open(Map.of(), network.commands(), services);
        Coordination other =
                CoordinatedProcess.open(Map.of(), new FaultyCommands(redis, timeline).commands(), services);
        timeline.advance(TIMEOUT);
        other.reserve(List.of(use(4)), TURN);
        timeline.advance(TIMEOUT);
        own.reserve(List.of(use(2)), TURN);
        timeline.advance(TIMEOUT);
        assertThat(own.left(use(1))).hasValue(4);

        network.setDown(true);
        timeline.advance(Duration.ofSeconds(2));
        assertThat(own.left(use(1)))
                .as("half, but for what the other may not have seen")
                .hasValue(1);
        assertThat(own.reserve(List.of(use(1)), TURN)).isCompletedWithValueMatching(Grant.Granted.class::isInstance);
        assertThat(own.left(use(1))).hasValue(0);
        assertThat(own.reserve(List.of(use(1)), TURN)).isCompletedWithValueMatching(Grant.Refused.class::isInstance);
        LimitUse unused = new LimitUse(Scope.of("b"), "requests", Limit.requests(10, Duration.ofMinutes(1)), 1);
        assertThat(own.left(unused)).hasValue(5);
    }

    @Test
    void limitsThatRedisRefusesToCount_areLoggedAndInTheStatus_untilTheyAreSharedAgain() {
        CompletableFuture<TradeReply> full = refused("OOM command not allowed");
        when(commands.beat(any(), any())).thenReturn(completedFuture(new CoordinationCommands.Beat(2, false)));
        when(commands.survey(any())).thenReturn(completedFuture(Map.of()));
        when(commands.closings()).thenReturn(completedFuture(List.of()));
        when(commands.remark()).thenReturn(Optional.empty());
        when(commands.trade(any())).thenReturn(full);
        String problem = "coordinator redis: Redis at localhost:6379 refuses commands (OOM command not allowed); for"
                + " limits of a this process grants its own share of each limit, one of 2; give it more memory, or the"
                + " coordinator a Redis of its own";
        String over = "WARN coordinator redis: Redis at localhost:6379 can be used again; the processes share limits"
                + " again";
        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            Coordination coordination = CoordinatedProcess.open(Map.of(), commands, services);
            timeline.advance(TIMEOUT);
            assertThat(coordination.status().connected()).isTrue();
            coordination.reserve(List.of(use(1)), TURN);
            timeline.advance(Contact.INTERVAL);
            assertThat(coordination.status().problem()).contains(problem);
            assertThat(coordination.status().connected()).isFalse();
            assertThat(log.ofThisThread()).containsExactly("WARN " + problem);

            when(commands.trade(any())).thenAnswer(call -> completedFuture(done(call.getArgument(0))));
            timeline.advance(Contact.INTERVAL.multipliedBy(3));
            assertThat(coordination.status().problem()).isEmpty();
            assertThat(coordination.status().connected()).isTrue();
            assertThat(log.ofThisThread()).containsExactly("WARN " + problem, over);

            when(commands.beat(any(), any())).thenReturn(refused("READONLY You can't write"));
            timeline.advance(Duration.ofMinutes(1));
            when(commands.beat(any(), any())).thenReturn(refused("LOADING Redis is loading"));
            timeline.advance(Contact.INTERVAL);
            assertThat(coordination.status().connected()).isFalse();
            when(commands.beat(any(), any())).thenReturn(completedFuture(new CoordinationCommands.Beat(2, false)));
            timeline.advance(Contact.INTERVAL.multipliedBy(3));
            assertThat(log.ofThisThread())
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("WARN " + problem),
                            line -> assertThat(line).isEqualTo(over),
                            line -> assertThat(line)
                                    .contains("refuses commands (READONLY You", "set uri to the master"),
                            line -> assertThat(line).isEqualTo(over));
        }
    }

    @Test
    void closing_isNotLoggedAsIfLimitsWereSharedAgain() {
        CompletableFuture<CoordinationCommands.Beat> last = new CompletableFuture<>();
        CoordinationCommands.Beat beat = new CoordinationCommands.Beat(2, false);
        when(commands.beat(any(), any())).thenReturn(completedFuture(beat));
        when(commands.survey(any())).thenReturn(completedFuture(Map.of()));
        when(commands.closings()).thenReturn(completedFuture(List.of()));
        when(commands.leave(any())).thenReturn(completedFuture(null));
        when(commands.trade(any())).thenReturn(refused("OOM command not allowed"));
        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            Coordination coordination = CoordinatedProcess.open(Map.of(), commands, services);
            timeline.advance(TIMEOUT);
            coordination.reserve(List.of(use(1)), TURN);
            timeline.advance(Contact.INTERVAL);
            when(commands.beat(any(), any())).thenReturn(last);
            timeline.advance(Contact.INTERVAL);
            coordination.close();
            last.complete(beat);
            timeline.advance(Contact.INTERVAL);
            assertThat(log.ofThisThread()).singleElement().asString().contains("OOM");
        }
    }

    private static <T> CompletableFuture<T> refused(String message) {
        return CompletableFuture.failedFuture(new RefusedCommandException(message, new IllegalStateException()));
    }

    /** Returns an answer that grants nothing more. */
    private static TradeReply done(Trade trade) {
        return new TradeReply(
                Verdict.DONE,
                "first",
                Duration.ZERO,
                trade.blocks().stream()
                        .map(block -> new BlockReply(0, 5, 0, 0, 0))
                        .toList(),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void closedCoordination_leavesOnceItsLastBeatIsAnswered_andThenHangsUp() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        when(commands.beat(any(), any())).thenAnswer(call -> {
            beats.add(new CompletableFuture<>());
            return beats.get(beats.size() - 1);
        });
        when(commands.leave(any())).thenReturn(left);
        Coordination coordination = CoordinatedProcess.open(Map.of(), commands, services);
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

    /** As when a program ends right after its last answer, whose call is being settled. */
    @Test
    void closedCoordination_leaves_thoughItsExecutorHasEndedBeforeATradeIsAnswered() {
        Services ending = mock(Services.class, delegatesTo(services));
        CompletableFuture<TradeReply> reply = new CompletableFuture<>();
        when(commands.beat(any(), any())).thenReturn(completedFuture(new CoordinationCommands.Beat(1, true)));
        when(commands.survey(any())).thenReturn(completedFuture(Map.of()));
        when(commands.closings()).thenReturn(completedFuture(List.of()));
        when(commands.trade(any())).thenReturn(reply);
        when(commands.leave(any())).thenReturn(completedFuture(null));
        Coordination coordination = CoordinatedProcess.open(Map.of(), commands, ending);
        timeline.advance(TIMEOUT);
        coordination.reserve(List.of(use(1)), TURN);
        timeline.advance(TIMEOUT);
        verify(commands).trade(any());
        when(ending.executor()).thenReturn(task -> {
            throw new RejectedExecutionException("it has ended");
        });

        coordination.close();
        verify(commands, never()).close();
        reply.completeExceptionally(new RedisUnavailableException("gone"));

        verify(commands).leave(any());
        verify(commands).close();
    }
}
