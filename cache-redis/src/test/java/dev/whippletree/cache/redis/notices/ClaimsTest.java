package dev.whippletree.cache.redis.notices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClaimsTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration BEAT = Duration.ofSeconds(3);
    private static final CacheKey KEY = Samples.key("tenant", "question");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final ModelledRedis redis = new ModelledRedis(timeline);
    private final FaultyCommands network = new FaultyCommands(redis, timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class, delegatesTo(network.commands()));
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);
    private final Claims claims = new Claims(commands, contact, tokens, services, LEASE);

    private Claim.Ours claimed() {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofSeconds(1));
        assertThat(claim.join()).isInstanceOf(Claim.Ours.class);
        return (Claim.Ours) claim.join();
    }

    /** Or others would wait for a call that nobody makes any more, for as long as for a process that has died. */
    @Test
    void claimThatEndsWhileRedisIsAway_isEndedThereOnceItIsBack() {
        Claim.Ours claim = claimed();
        network.setDown(true);
        timeline.advance(BEAT);
        claim.end().run();
        assertThat(redis.claimed()).isEqualTo(1);
        network.setDown(false);
        timeline.advance(BEAT);
        assertThat(contact.isUp()).isTrue();
        assertThat(redis.claimed()).isZero();
    }

    @Test
    void claimThatWasntAnswered_andHasEndedBeforeItArrives_isEndedThereOnceRedisGoesOn() {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        network.freeze(BEAT);
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(FaultyCommands.TIMEOUT.plusMillis(1));
        ((Claim.Ours) claim.join()).end().run();
        timeline.advance(BEAT.multipliedBy(2));
        assertThat(contact.isUp()).isTrue();
        assertThat(redis.claimed()).isZero();
    }

    /** A thousand processes may come back at once. */
    @Test
    void claimThatEndsWhileRedisIsAway_andIsOverByThen_isToldToNobody() {
        Claim.Ours claim = claimed();
        network.setDown(true);
        timeline.advance(LEASE.multipliedBy(2));
        claim.end().run();
        network.setDown(false);
        timeline.advance(BEAT);
        assertThat(contact.isUp()).isTrue();
        assertThat(redis.claimed()).isZero();
        assertThat(redis.commands()).doesNotContainKey("message");
    }

    /** A line of prompts may have ended meanwhile, and Redis has more to do. */
    @Test
    void claimsOfALongLine_areEndedInPortions() {
        List<Claim> all = new ArrayList<>(List.of(claimed()));
        for (int n = 1; n < 1_200; n++) {
            claims.claim(Samples.key("tenant", "question " + n)).thenAccept(all::add);
        }
        timeline.advance(Duration.ofSeconds(1));
        network.setDown(true);
        timeline.advance(BEAT);
        all.forEach(claim -> ((Claim.Ours) claim).end().run());
        network.setDown(false);
        timeline.advance(Contact.INTERVAL.plusMillis(100));
        verify(commands, times(500)).unclaim(any(), anyString(), anyString());
        timeline.advance(Contact.INTERVAL.multipliedBy(2));
        verify(commands, times(1_200)).unclaim(any(), anyString(), anyString());
        assertThat(redis.claimed()).isZero();
    }

    /** Answers no renewal from now on; they are in this list, which grows. */
    private List<CompletableFuture<Void>> unansweredRenewals() {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        doAnswer(call -> {
                    sent.add(new CompletableFuture<>());
                    return sent.get(sent.size() - 1);
                })
                .when(commands)
                .renew(any(), anyString(), any());
        return sent;
    }

    /** What ends meanwhile isn't renewed any more. */
    @Test
    void claimsOfALongLine_areRenewedInPortions_eachOnceTheOneBeforeIsAnswered() {
        List<Claim> all = new ArrayList<>(List.of(claimed()));
        for (int n = 1; n < 1_200; n++) {
            claims.claim(Samples.key("tenant", "question " + n)).thenAccept(all::add);
        }
        List<CompletableFuture<Void>> sent = unansweredRenewals();
        timeline.advance(LEASE);
        assertThat(all).hasSize(1_200);
        assertThat(sent).hasSize(500);

        List.copyOf(sent).forEach(renewal -> renewal.complete(null));
        timeline.advance(LEASE);
        assertThat(sent).hasSize(1_000);

        all.forEach(claim -> ((Claim.Ours) claim).end().run());
        sent.forEach(renewal -> renewal.complete(null));
        timeline.advance(LEASE);
        assertThat(sent).hasSize(1_000);
    }

    @Test
    void claimEnds_allWhoWaitForItHearOfIt() {
        Claim.Ours held = claimed();
        List<CompletableFuture<Claim>> waiting = Stream.of(KEY, KEY)
                .map(key -> claims.claim(key).toCompletableFuture())
                .toList();
        timeline.advance(Duration.ofMillis(10));
        List<CompletableFuture<?>> ends = waiting.stream()
                .<CompletableFuture<?>>map(
                        claim -> ((Claim.Others) claim.join()).ended().toCompletableFuture())
                .toList();
        assertThat(ends).noneMatch(CompletableFuture::isDone);
        held.end().run();
        held.end().run();
        timeline.advance(Duration.ofMillis(10));
        verify(commands).unclaim(eq(KEY), anyString(), anyString());
        assertThat(ends).allMatch(CompletableFuture::isDone);
        timeline.advance(LEASE.multipliedBy(2));
        verify(commands, never()).claimedFor(any());
    }

    @Test
    void claimThatIsLookedAtAgain_isLookedAtNextOnceThatIsOver() {
        claimed();
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofSeconds(1));
        assertThat(claim.join()).isInstanceOf(Claim.Others.class);

        claims.lookAgain();
        timeline.advance(LEASE.plusMillis(200));

        verify(commands, times(2)).claimedFor(KEY);
    }

    @Test
    void claimThatCouldntBeSent_isWaitedForNoLonger() {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        doReturn(CompletableFuture.failedFuture(new TooManyCommandsException("too many")))
                .when(commands)
                .claim(any(), anyString(), any());
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofMillis(10));
        assertThat(claim.join()).isInstanceOf(Claim.Ours.class);

        claims.lookAgain();

        verify(commands, never()).claimedFor(any());
    }

    /** As if Redis had lost the first before it granted the second. */
    @Test
    void twoClaimsForAQuestion_areBothGivenBack() {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        doReturn(CompletableFuture.completedFuture(0L)).when(commands).claim(any(), anyString(), any());
        List<CompletableFuture<Claim>> both = Stream.of(KEY, KEY)
                .map(key -> claims.claim(key).toCompletableFuture())
                .toList();
        timeline.advance(Duration.ofMillis(10));

        both.forEach(claim -> ((Claim.Ours) claim.join()).end().run());
        timeline.advance(Duration.ofMillis(10));

        verify(commands, times(2)).unclaim(eq(KEY), anyString(), anyString());
    }

    @Test
    void claimsThatAreClosed_areRenewedNoMore() {
        claimed();
        List<CompletableFuture<Void>> sent = unansweredRenewals();
        timeline.advance(LEASE);
        assertThat(sent).hasSize(1);

        claims.close();
        sent.get(0).complete(null);
        timeline.advance(LEASE);

        assertThat(sent).hasSize(1);
    }

    @Test
    void claimsThatAreClosedBetweenRenewals_areRenewedNoMore() {
        claimed();
        List<CompletableFuture<Void>> sent = unansweredRenewals();
        claims.close();
        timeline.advance(LEASE);

        assertThat(sent).isEmpty();
    }

    /** As somebody else may have written it into Redis. */
    @Test
    void claimThatIsSaidToLastLongerThanALease_isWaitedForNoLonger() {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        doReturn(CompletableFuture.completedFuture(1L)).when(commands).claim(any(), anyString(), any());
        doReturn(CompletableFuture.completedFuture(LEASE.toMillis() + 1))
                .when(commands)
                .claimedFor(any());
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofSeconds(1));

        assertThat(((Claim.Others) claim.join()).ended().toCompletableFuture()).isDone();
    }

    /** By what Redis says instead of a time ({@link CoordinationCommands#claim}). */
    @ParameterizedTest
    @CsvSource({"-1, true, 0", "0, true, 500", "1, false, 0"})
    void claim_isOursIfNobodyHasIt_andNotAgreedOnceClosed(long remaining, boolean ours, long sinceEndMillis) {
        contact.add(claims);
        contact.start();
        timeline.advance(BEAT);
        doReturn(CompletableFuture.completedFuture(remaining)).when(commands).claim(any(), anyString(), any());
        CompletableFuture<Claim> claim = claims.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofMillis(10));

        assertThat(claim.join() instanceof Claim.Ours).isEqualTo(ours);
        if (claim.join() instanceof Claim.Ours mine) {
            assertThat(mine.agreed()).isTrue();
            assertThat(mine.sinceEnd()).hasMillis(sinceEndMillis);
        }
        claims.close();
        CompletableFuture<Claim> late = claims.claim(KEY).toCompletableFuture();
        assertThat(late.join())
                .isInstanceOfSatisfying(
                        Claim.Ours.class, mine -> assertThat(mine.agreed()).isFalse());
        if (claim.join() instanceof Claim.Others others) {
            assertThat(others.ended().toCompletableFuture()).isDone();
        }
    }
}
