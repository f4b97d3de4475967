package dev.whippletree.cache.redis.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contact over beats that end when the test says so. */
final class ContactTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = mock(CoordinationCommands.class);
    private final List<CompletableFuture<CoordinationCommands.Beat>> beats = new ArrayList<>();
    private final Contact contact = new Contact(commands, services, "p", 3, TIMEOUT);
    private final List<String> told = new ArrayList<>();
    private CompletableFuture<Void> caughtUp = CompletableFuture.completedFuture(null);

    private void start() {
        when(commands.beat(eq("p"), eq(Contact.GONE_AFTER))).thenAnswer(call -> {
            beats.add(new CompletableFuture<>());
            return beats.get(beats.size() - 1);
        });
        contact.add(new Contact.Member() {
            @Override
            public CompletionStage<Void> met() {
                told.add("met");
                return caughtUp;
            }

            @Override
            public void lost() {
                told.add("lost");
            }
        });
        contact.start();
    }

    private void answer(int beat, int processes) {
        answer(beat, processes, false);
    }

    private void answer(int beat, int processes, boolean forgotten) {
        beats.get(beat).complete(new CoordinationCommands.Beat(processes, forgotten));
        timeline.advance(MOMENT);
    }

    private void met() {
        start();
        answer(0, 5);
        assertThat(contact.isSettled()).isTrue();
    }

    @Test
    void firstBeat_isAwaitedForThreeQuartersOfASecondAtMost() {
        start();
        assertThat(beats).hasSize(1);
        timeline.advance(Duration.ofMillis(749));
        assertThat(contact.tried()).isNotDone();
        timeline.advance(MOMENT);
        assertThat(contact.tried()).isCompleted();
        assertThat(contact.isDecided()).as("nobody knows yet").isFalse();
        assertThat(contact.isUp()).isFalse();
        assertThat(contact.isDoubtful()).as("it was never there").isFalse();
        assertThat(contact.processes()).isZero();
        assertThat(contact.shares()).as("those that are set").isEqualTo(3);

        answer(0, 5);
        assertThat(contact.isDecided()).isTrue();
        assertThat(contact.isUp()).isTrue();
        assertThat(told).containsExactly("met");
    }

    @Test
    void contactThatWasNeverLost_wasAwayForNoTime_thoughItsFirstBeatTookSome() {
        start();
        timeline.advance(Duration.ofMillis(100));
        answer(0, 1);

        assertThat(contact.metAtNanos()).isEqualTo(contact.lostAtNanos());
    }

    @Test
    void limitsAreShared_byTheMostThatWereSeenInTheLastTenSeconds() {
        met();
        for (int beat = 1; beat <= 6; beat++) {
            assertThat(contact.shares()).isEqualTo(5);
            timeline.advance(Contact.INTERVAL);
            answer(beat, beat == 6 ? 1 : 4);
        }
        assertThat(contact.processes()).isEqualTo(1);
        assertThat(contact.shares()).isEqualTo(4);
    }

    @Test
    void contact_isSettledOnceItsMembersHaveCaughtUp_andNotIfItWasLostMeanwhile() {
        caughtUp = new CompletableFuture<>();
        start();
        answer(0, 1);
        assertThat(contact.isUp()).isTrue();
        assertThat(contact.isSettled()).isFalse();
        assertThat(contact.tried()).isNotDone();
        contact.lost(new RedisUnavailableException("gone"));
        caughtUp.complete(null);
        assertThat(contact.isSettled()).isFalse();
        assertThat(contact.trouble()).get().hasToString(new RedisUnavailableException("gone").toString());

        timeline.advance(Contact.INTERVAL);
        answer(1, 1);
        assertThat(contact.isSettled()).isTrue();
        assertThat(contact.trouble()).isEmpty();
        assertThat(told).containsExactly("met", "lost", "met");
    }

    /** Who waited for an answer in vain has waited long enough, and who is refused isn't alone with that. */
    @ParameterizedTest
    @CsvSource({"unavailable, 250, 0", "timeout, 0, 1", "refused, 0, 0"})
    void lostContact_isDoubtfulForAsLongAsACommandMayTake(String how, long millis, int beatsAtOnce) {
        met();
        contact.lost(
                switch (how) {
                    case "timeout" -> new TimeoutException("silence");
                    case "refused" -> new RefusedCommandException("NOPERM", new IllegalStateException());
                    default -> new RedisUnavailableException("gone");
                });
        assertThat(contact.isUp()).isFalse();
        assertThat(contact.isSettled()).isFalse();
        assertThat(contact.isDoubtful()).isEqualTo(millis > 0);
        timeline.advance(Duration.ofMillis(100));
        assertThat(beats).hasSize(1 + beatsAtOnce);
        contact.lost(new RedisUnavailableException("still gone"));
        assertThat(contact.isDoubtful()).isEqualTo(!how.equals("timeout"));
        timeline.advance(Duration.ofMillis(149));
        assertThat(contact.isDoubtful()).isEqualTo(!how.equals("timeout"));
        timeline.advance(MOMENT);
        assertThat(contact.isDoubtful()).as("what is lost isn't lost once more").isFalse();
    }

    @Test
    void processThatHasBeenForgotten_catchesUpAsAfterAnOutage() {
        start();
        answer(0, 5, true);
        assertThat(told).as("it is new").containsExactly("met");
        timeline.advance(Contact.INTERVAL);
        answer(1, 5, false);
        timeline.advance(Contact.INTERVAL);
        answer(2, 1, true);

        assertThat(told).containsExactly("met", "met", "lost", "met");
        assertThat(contact.isSettled()).isTrue();
    }

    /** Of a cluster, another shard may well have answered. */
    @Test
    void troubleOfOneShard_endsNoContact_unlessItIsThatOfTheBeat() {
        met();
        contact.lost(new CompletionException(new ShardUnavailableException(new TimeoutException("silence"))));
        assertThat(contact.isSettled()).isTrue();
        assertThat(contact.trouble()).isEmpty();
        assertThat(told).containsExactly("met");

        timeline.advance(Contact.INTERVAL);
        beats.get(1).completeExceptionally(new ShardUnavailableException(new RedisUnavailableException("gone")));
        timeline.advance(MOMENT);
        assertThat(contact.isUp()).isFalse();
        assertThat(contact.trouble()).get().isInstanceOf(ShardUnavailableException.class);
        assertThat(told).containsExactly("met", "lost");
    }

    @Test
    void tooManyCommandsOfThisProcess_endNoContact_evenIfABeatIsNotSent() {
        met();
        TooManyCommandsException own = new TooManyCommandsException("too many");
        contact.lost(new CompletionException(own));
        timeline.advance(Contact.INTERVAL);
        beats.get(1).completeExceptionally(new CompletionException(own));
        timeline.advance(MOMENT);
        assertThat(contact.isSettled()).isTrue();
        assertThat(told).containsExactly("met");
        timeline.advance(Contact.INTERVAL);
        assertThat(beats).hasSize(3);
    }

    @Test
    void processesOfAnotherVersion_barThisOne_untilTheyHaveEnded() {
        start();
        beats.get(0).completeExceptionally(new CompletionException(new OtherVersionException("others")));
        timeline.advance(MOMENT);
        assertThat(contact.isDecided()).isTrue();
        assertThat(contact.isUp()).isFalse();
        assertThat(contact.isBarred()).isTrue();

        timeline.advance(Contact.INTERVAL);
        answer(1, 1);
        assertThat(contact.isBarred()).isFalse();
        assertThat(contact.isSettled()).isTrue();
    }

    @Test
    void beat_neverOverlapsAnother_andIsMadeUpForOnceThatHasEnded() {
        start();
        contact.beat();
        contact.beat();
        assertThat(beats).hasSize(1);
        answer(0, 1);
        assertThat(beats).hasSize(2);
        answer(1, 1);
        assertThat(beats).hasSize(2);
        timeline.advance(Contact.INTERVAL);
        assertThat(beats).hasSize(3);
        beats.get(2).completeExceptionally(new RedisUnavailableException("gone"));
        timeline.advance(MOMENT);
        assertThat(contact.isUp()).isFalse();
        assertThat(beats).as("not in a hurry").hasSize(3);
        timeline.advance(Contact.INTERVAL);
        assertThat(beats).hasSize(4);
    }

    @Test
    void closed_beatsNoMore_andWaitsForItsLastBeat() {
        start();
        CompletableFuture<Void> rest = contact.close().toCompletableFuture();
        assertThat(contact.tried()).isCompleted();
        assertThat(rest).isNotDone();
        answer(0, 1);
        assertThat(rest).isCompleted();
        assertThat(contact.isUp()).isFalse();
        assertThat(contact.isSettled()).isFalse();
        contact.beat();
        timeline.advance(Contact.INTERVAL.multipliedBy(3));
        assertThat(beats).hasSize(1);
    }
}
