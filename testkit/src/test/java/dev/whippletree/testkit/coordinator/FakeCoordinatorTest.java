package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What the contract doesn't see, since it runs in real time: when things happen, and what slow, lossy and cut links do.
 */
class FakeCoordinatorTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NANO = Duration.ofNanos(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Scope SCOPE = Scope.of("groq/acme");
    private static final CacheKey KEY = Samples.key("alice", "a question");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeMeetingPoint point = new FakeMeetingPoint();
    private final FakeCoordinator nearby = new FakeCoordinator(point);
    private final FakeCoordinator remote = new FakeCoordinator(point);
    private final Coordination a = open(nearby);
    private final Coordination b = open(remote);

    private Coordination open(FakeCoordinator coordinator) {
        Settings settings = new Settings("coordinator fake", Map.of("claim-lease", "10s", "longest-call", "2m"));
        return coordinator.open(settings, FakeServices.on(timeline));
    }

    @Test
    void settledUse_leavesWhenItsWindowHasPassed() {
        a.settle(id(reserve(a, 10)), Optional.empty(), SECOND);

        timeline.advance(MINUTE.minus(SECOND).minus(NANO));
        assertThat(reserve(b, 1)).isEqualTo(new Grant.Refused(use(1), NANO));
        timeline.advance(NANO);
        assertThat(reserve(b, 10)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void reservationThatIsNeverEnded_leavesAfterTheLongestCall() {
        reserve(a, 10);
        a.close();

        timeline.advance(Duration.ofMinutes(3).minus(NANO));
        assertThat(reserve(b, 1)).isInstanceOf(Grant.Refused.class);
        timeline.advance(NANO);
        assertThat(reserve(b, 10)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void slowLink_takesItsTimeBothWays() {
        remote.delayBy(Duration.ofMillis(100));

        CompletableFuture<Grant> grant = start(b, 1);

        timeline.advance(Duration.ofMillis(200).minus(NANO));
        assertThat(grant).isNotDone();
        timeline.advance(NANO);
        assertThat(grant).isCompletedWithValueMatching(Grant.Granted.class::isInstance);
    }

    @Test
    void lostMessages_leaveAProcessToItsPart() {
        reserve(a, 3);
        remote.lose(1);

        CompletableFuture<Grant> within = start(b, 5);
        timeline.advance(SECOND);
        CompletableFuture<Grant> beyond = start(b, 1);
        timeline.advance(SECOND);

        assertThat(within).isCompletedWithValueMatching(Grant.Granted.class::isInstance);
        assertThat(beyond).isCompletedWithValueMatching(Grant.Refused.class::isInstance);
        assertThat(b.status().alone()).isEqualTo(1);
    }

    @Test
    void answerThatComesTooLate_isGivenUp() {
        start(b, 5); // Leaves nothing of this process's part.
        remote.delayBy(Duration.ofSeconds(2));

        CompletableFuture<Grant> grant = start(b, 5);
        timeline.advance(SECOND);
        assertThat(grant).isCompletedWithValueMatching(Grant.Refused.class::isInstance);
        timeline.advance(SECOND);
        assertThat(reserve(a, 1)).as("while the grant is under way").isInstanceOf(Grant.Refused.class);
        timeline.advance(Duration.ofSeconds(4));
        assertThat(reserve(a, 5)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void aloneGrantedThoughRefused_isCounted() {
        String granted = id(reserve(a, 9));
        remote.delayBy(Duration.ofSeconds(2));

        CompletableFuture<Grant> grant = start(b, 5);
        timeline.advance(Duration.ofSeconds(10));

        assertThat(grant).isCompletedWithValueMatching(Grant.Granted.class::isInstance);
        a.settle(granted, Optional.empty(), MINUTE);
        assertThat(reserve(a, 6)).isInstanceOf(Grant.Refused.class);
        assertThat(reserve(a, 5)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void oneThatIsCutOff_keepsToItsPartAndIsCountedAgain() {
        remote.cutOff(true);
        assertThat(reserve(b, 5)).isInstanceOf(Grant.Granted.class);
        assertThat(reserve(b, 1)).isInstanceOf(Grant.Refused.class);
        a.release(id(reserve(a, 10)));

        remote.cutOff(false);

        assertThat(reserve(a, 6)).isInstanceOf(Grant.Refused.class);
        assertThat(reserve(a, 5)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void placeThatForgot_isToldAgain() {
        reserve(a, 4);
        reserve(b, 3);
        nearby.cutOff(true);
        remote.cutOff(true);
        point.forget();
        nearby.cutOff(false);
        remote.cutOff(false);

        assertThat(reserve(a, 4)).isInstanceOf(Grant.Refused.class);
        assertThat(reserve(a, 3)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void claimOfOneThatIsCutOff_isOverAfterItsLease() {
        claim(b);
        CompletableFuture<Void> wait = ((Claim.Others) claim(a)).ended().toCompletableFuture();
        remote.cutOff(true);

        timeline.advance(Duration.ofSeconds(10).minus(NANO));
        assertThat(wait).isNotDone();
        assertThat(claim(a)).isInstanceOf(Claim.Others.class);
        timeline.advance(NANO);
        assertThat(wait).isCompleted();
        assertThat(claim(a)).isInstanceOf(Claim.Ours.class);
    }

    @Test
    void lostEndOfAClaim_isNoticedAfterTheLongestCall() {
        Claim.Ours ours = (Claim.Ours) claim(b);
        CompletableFuture<Void> wait = ((Claim.Others) claim(a)).ended().toCompletableFuture();
        remote.lose(1);
        ours.end().run();

        timeline.advance(Duration.ofMinutes(2));

        assertThat(wait).isCompleted();
        assertThat(claim(a)).isInstanceOf(Claim.Ours.class);
    }

    @Test
    void closingHeardOverASlowLink_lastsSoMuchShorter() {
        RecordingListener listener = new RecordingListener();
        remote.delayBy(SECOND);
        b.listen(listener);
        a.closed(new ScopeClosing(SCOPE, MINUTE, true, "no more requests"));
        timeline.advance(SECOND);

        assertThat(listener.closingsOf(SCOPE))
                .containsExactly(new ScopeClosing(SCOPE, MINUTE.minus(SECOND), true, "no more requests"));
    }

    @Test
    void closingsAndReopeningsToldWhileCutOff_areHeardLater() {
        Scope other = Scope.of("hf/acme");
        RecordingListener listener = new RecordingListener();
        a.listen(listener);
        b.closed(new ScopeClosing(other, MINUTE, false, "no credit"));
        remote.cutOff(true);
        b.closed(new ScopeClosing(SCOPE, MINUTE, true, "no more requests"));
        b.reopened(other);
        timeline.advance(SECOND);
        assertThat(listener.heardClosed(SCOPE)).isFalse();

        remote.cutOff(false);
        timeline.advance(Duration.ZERO);

        assertThat(listener.closingsOf(SCOPE))
                .extracting(ScopeClosing::remaining)
                .containsExactly(MINUTE.minus(SECOND));
        assertThat(listener.heardReopened(other)).isTrue();
    }

    @Test
    void claimThatComesTooLate_leavesNoTimerBehind() {
        claim(a);
        remote.delayBy(SECOND);
        CompletableFuture<Claim> claim = b.claim(KEY).toCompletableFuture();
        timeline.advance(SECOND);
        assertThat(claim).isCompletedWithValueMatching(Claim.Ours.class::isInstance);
        timeline.advance(SECOND);

        assertThat(timeline.runNext()).as("whether anything is left to happen").isFalse();
    }

    @Test
    void closed_leavesNoTimerBehind() {
        remote.delayBy(Duration.ofMillis(100));
        claim(a);
        CompletableFuture<Grant> grant = start(b, 1);
        CompletableFuture<Claim> claim = b.claim(KEY).toCompletableFuture();
        timeline.advance(Duration.ofMillis(200));
        assertThat(grant).isDone();
        assertThat(claim).isCompletedWithValueMatching(Claim.Others.class::isInstance);
        remote.delayBy(Duration.ZERO);

        a.close();
        b.close();

        long end = timeline.nanoTime();
        timeline.runAll();
        assertThat(timeline.nanoTime()).as("when the last timer was due").isEqualTo(end);
    }

    private static LimitUse use(long amount) {
        return new LimitUse(SCOPE, "requests", Limit.requests(10, MINUTE), amount);
    }

    private static CompletableFuture<Grant> start(Coordination process, long amount) {
        return process.reserve(List.of(use(amount))).toCompletableFuture();
    }

    private static Grant reserve(Coordination process, long amount) {
        return start(process, amount).join();
    }

    private static String id(Grant grant) {
        return ((Grant.Granted) grant).id();
    }

    private static Claim claim(Coordination process) {
        return process.claim(KEY).toCompletableFuture().join();
    }
}
