package dev.whippletree.cache.redis.notices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClosingsTest {

    private static final Scope SCOPE = Scope.of("o");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final FaultyCommands network = new FaultyCommands(new ModelledRedis(timeline), timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class, delegatesTo(network.commands()));
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);
    private final Closings closings = new Closings(
            commands,
            contact,
            tokens,
            services,
            new CorruptValue(RedisSettings.from(new Settings("coordinator redis", Map.of())), services));

    @BeforeEach
    void meet() {
        contact.add(closings);
        contact.start();
        timeline.advance(Contact.INTERVAL);
        assertThat(contact.isUp()).isTrue();
    }

    @Test
    void newsThatWasSent_doesNotStandForLaterNewsOfItsScope() {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        doReturn(sent).when(commands).close(any(), any(), anyString());
        closings.closed(new ScopeClosing(SCOPE, Duration.ofHours(1), true, "why"));
        network.setDown(true);
        timeline.advance(Contact.INTERVAL);
        closings.reopened(SCOPE);
        sent.complete(null);
        timeline.advance(Contact.INTERVAL);
        verify(commands, never()).reopen(any(), anyString());

        network.setDown(false);
        timeline.advance(Contact.INTERVAL.multipliedBy(2));

        verify(commands).reopen(eq(SCOPE), anyString());
    }

    @Test
    void newsThatCantBeSent_saysThatContactIsLost() {
        doReturn(CompletableFuture.failedFuture(new RedisUnavailableException("gone")))
                .when(commands)
                .reopen(any(), anyString());
        closings.reopened(SCOPE);
        timeline.advance(Duration.ofMillis(10));

        assertThat(contact.isUp()).isFalse();
    }

    @Test
    void probeThatCantBeClaimed_isThisProcesss() {
        doReturn(CompletableFuture.failedFuture(new TooManyCommandsException("too many")))
                .when(commands)
                .claimProbe(any(), anyString(), any());
        CompletableFuture<Boolean> claimed =
                closings.claimProbe(SCOPE, Duration.ofSeconds(1)).toCompletableFuture();
        timeline.advance(Duration.ofMillis(10));

        assertThat(claimed).isCompletedWithValue(true);
    }

    /** As after the clock of Redis was set back. */
    @Test
    void closingThatIsKeptForTooLong_holdsForAsLongAsWasTold() {
        ScopeClosing told = new ScopeClosing(SCOPE, Duration.ofHours(1), true, "why");
        CoordinationCommands.KeptNotice kept = new CoordinationCommands.KeptNotice(
                Duration.ofHours(2), Notice.closed("other", told).text());
        doReturn(CompletableFuture.completedFuture(List.of(kept)))
                .when(commands)
                .closings();
        CoordinationListener listener = mock(CoordinationListener.class);
        closings.listen(listener);
        timeline.advance(Duration.ofMillis(10));

        verify(listener).closed(told);
    }

    @Test
    void whatMayHaveBeenMissed_isReadOnce() {
        network.setDown(true);
        timeline.advance(Contact.INTERVAL);
        network.setDown(false);
        timeline.advance(Contact.INTERVAL.multipliedBy(5));

        assertThat(contact.isUp()).isTrue();
        verify(commands).closings();
    }
}
