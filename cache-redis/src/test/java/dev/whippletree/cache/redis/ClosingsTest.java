package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What closed while Redis was away, in virtual time. */
final class ClosingsTest {

    private static final Scope SCOPE = Scope.of("test/acme");
    private static final Duration CLOSED = Duration.ofMinutes(1);
    private static final Duration BEAT = Duration.ofSeconds(3);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final FaultyCommands network = new FaultyCommands(new ModelledRedis(timeline), timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class, delegatesTo(network));
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);
    private final Closings closings = new Closings(
            commands,
            contact,
            tokens,
            services,
            new CorruptValue(
                    RedisSettings.from(new Settings("cache redis", Map.of("uri", "redis://host:6379"))), services));

    /** Returns how long ago it closed when Redis is back. */
    private Duration closeWhileRedisIsAway(Duration away) {
        contact.add(closings);
        contact.start();
        timeline.advance(BEAT);
        network.setDown(true);
        timeline.advance(BEAT);
        assertThat(contact.isUp()).isFalse();
        long closedAt = timeline.nanoTime();
        closings.closed(new ScopeClosing(SCOPE, CLOSED, true, "why"));
        timeline.advance(away);
        network.setDown(false);
        while (!contact.isUp()) {
            timeline.runNext();
        }
        Duration ago = Duration.ofNanos(timeline.nanoTime() - closedAt);
        timeline.advance(BEAT);
        return ago;
    }

    @Test
    void closingThatIsToldLate_isToldForWhatIsLeftOfIt() {
        Duration ago = closeWhileRedisIsAway(Duration.ofSeconds(20));

        assertThat(ago).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
        verify(commands).close(eq(SCOPE), eq(CLOSED.minus(ago)), anyString());
    }

    @Test
    void closingThatHasEndedMeanwhile_isNotTold() {
        closeWhileRedisIsAway(CLOSED);

        verify(commands, never()).close(any(), any(), anyString());
    }
}
