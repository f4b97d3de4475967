package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that end when their route is stalled: when nothing works, and nobody knows when it will. */
final class EngineStallTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration WHOLE = Duration.ofMinutes(2);
    private static final Duration STALL = WHOLE.plusSeconds(30);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a");

    private static Prompt.Builder flagged(String text) {
        return Prompt.builder().user(text).endWhenStalled();
    }

    private CompletableFuture<Completion> ask(String text) {
        return fixture.ask(flagged(text).build());
    }

    /** The account answers a first prompt, so that the engine takes what follows for an outage. */
    private void hasAnswered() {
        client.then(client.answersAfter(SHORT));
        CompletableFuture<Completion> first = fixture.ask("first");
        fixture.advance(SHORT);
        assertThat(first).isCompleted();
    }

    private PromptException stalled(CompletableFuture<Completion> answer) {
        PromptException failure = failure(answer);
        assertThat(failure.reason()).isEqualTo(Reason.DEADLINE);
        assertThat(failure).hasMessageContaining("no account has accepted a call for 2 min 30 s");
        return failure;
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"UNAVAILABLE", "OVERLOADED"})
    void serviceFailsEachCallAtOnce_thePromptEnds_oneThatIsNotMarkedGoesOn(FailureKind kind) {
        hasAnswered();
        client.usually(client.failsAfter(SHORT, kind));
        CompletableFuture<Completion> marked = ask("q");
        CompletableFuture<Completion> other = fixture.ask("other");
        fixture.advance(STALL.minus(SHORT));
        assertThat(marked).isNotDone();
        fixture.advance(SHORT.multipliedBy(2));
        assertThat(stalled(marked))
                .hasMessageContaining("account a, model: " + kind)
                .hasMessageContaining("check the service");
        fixture.advance(STALL);
        assertThat(other).isNotDone();
    }

    @Test
    void serviceIsSilent_thePromptEnds_onceItsCallHas() {
        hasAnswered();
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(STALL.plus(WHOLE));
        assertThat(stalled(answer)).hasMessageContaining("TIMEOUT");
        assertThat(client.calls()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 60})
    void serviceSaysAgainAndAgainThatItIsBackSoon_itIsBelievedOnce(int seconds) {
        hasAnswered();
        client.usually(client.limits(SHORT, FailureKind.OVERLOADED, Duration.ofSeconds(seconds), Reach.ACCOUNT));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(STALL.plus(SHORT));
        stalled(answer);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"RATE_LIMITED", "QUOTA_EXHAUSTED", "OVERLOADED", "UNAVAILABLE"})
    void serviceSaysWhenItIsBack_thePromptWaits(FailureKind kind) {
        hasAnswered();
        Duration wait = Duration.ofMinutes(10);
        client.then(client.limits(SHORT, kind, wait, Reach.ACCOUNT));
        client.usually(client.answersAfter(WHOLE.minus(SHORT)));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(wait.plus(WHOLE).plus(Duration.ofSeconds(1)));
        assertThat(answer).isCompleted();
        assertThat(client.calls()).isEqualTo(3);
    }

    @Test
    void serviceCouldNotBeReached_andThenSaysWhenItIsBack_thePromptWaits() {
        hasAnswered();
        Duration wait = Duration.ofMinutes(20);
        IntStream.range(0, 3).forEach(call -> client.then(client.failsAfter(SHORT, FailureKind.UNAVAILABLE)));
        client.then(client.limits(SHORT, FailureKind.OVERLOADED, wait, Reach.ACCOUNT));
        client.usually(client.answersAfter(SHORT));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(wait.plus(STALL));
        assertThat(answer).isCompleted();
    }

    @Test
    void cacheIsAskedForLong_thatIsNoStall() {
        fixture.settings(EngineSettings.DEFAULT.withCacheTimeout(STALL.multipliedBy(3)));
        fixture.cache("slow", new ScriptedCache(fixture.timeline).latency(STALL.multipliedBy(2)));
        client.usually(client.answersAfter(SHORT));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(STALL.multipliedBy(2).plusSeconds(1));
        assertThat(answer).isCompleted();
    }

    @Test
    void limitHasRoomInTenMinutes_thePromptWaits() {
        ScriptedClient limited = fixture.account("limited", "1 / 10m");
        fixture.tier("limited");
        limited.usually(limited.answersAfter(SHORT));
        CompletableFuture<Completion> first = ask("1");
        CompletableFuture<Completion> second = ask("2");
        CompletableFuture<Completion> third = ask("3");
        fixture.advance(Duration.ofMinutes(11));
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        fixture.advance(Duration.ofMinutes(11));
        assertThat(third).isCompleted();
    }

    @Test
    void limitRefusesAgainAndAgainForASecond_thePromptEnds_oncePausesTakeLonger() {
        hasAnswered();
        client.usually(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ACCOUNT));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(STALL);
        assertThat(answer).isNotDone();
        fixture.advance(Duration.ofMinutes(12));
        stalled(answer);
    }

    @Test
    void streamBeganLongAgo_itsEndIsASignToo() {
        ScriptedClient narrow = fixture.account("narrow", Optional.empty(), 1);
        fixture.tier("narrow");
        ScriptedClient.Behaviour rest = narrow.answersAfter(Duration.ofSeconds(14), "end");
        for (int piece = 0; piece < 7; piece++) {
            ScriptedClient.Behaviour next = rest;
            rest = narrow.later(Duration.ofSeconds(14), (prompt, model, sink) -> {
                sink.delta(new Delta.Text("piece"));
                return next.run(prompt, model, sink);
            });
        }
        narrow.then(rest);
        narrow.then(narrow.hangs());
        narrow.usually(narrow.answersAfter(SHORT));
        ReadingCaller.of(fixture.engine(), Prompt.of("stream"));
        fixture.ask("silent");
        fixture.advance(Duration.ofSeconds(20));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(WHOLE.multipliedBy(2));
        assertThat(answer).isCompleted();
    }

    @Test
    void lineMoves_promptsInItWait_howeverLong() {
        ScriptedClient narrow = fixture.account("narrow", Optional.empty(), 1);
        fixture.tier("narrow");
        narrow.usually(narrow.answersAfter(WHOLE.minusSeconds(1)));
        List<CompletableFuture<Completion>> answers =
                IntStream.range(0, 20).mapToObj(number -> ask("q" + number)).toList();
        fixture.advance(WHOLE.multipliedBy(20));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void callFailsLate_itsRetryMayTakeAsLongAsAnyCall() {
        hasAnswered();
        client.then(client.failsAfter(WHOLE.minusSeconds(10), FailureKind.UNAVAILABLE));
        client.usually(client.answersAfter(WHOLE.minusSeconds(10)));
        CompletableFuture<Completion> answer = ask("q");
        fixture.advance(WHOLE.multipliedBy(2));
        assertThat(answer).isCompleted();
    }

    @Test
    void oneOfTwoAccountsIsDown_theOthersLimitIsWaitedFor() {
        ScriptedClient limited = fixture.account("limited", "1 / 10m");
        limited.usually(limited.answersAfter(SHORT));
        hasAnswered();
        client.usually(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        fixture.ask(flagged("1").account("limited").build());
        fixture.advance(SHORT);
        CompletableFuture<Completion> answer = ask("q");
        CompletableFuture<Completion> pinned =
                fixture.ask(flagged("pinned").account("a").build());
        fixture.advance(STALL.plus(SHORT));
        stalled(pinned);
        assertThat(answer).isNotDone();
        fixture.advance(Duration.ofMinutes(10));
        assertThat(answer).isCompleted();
    }

    @Test
    void callersShareAFlight_onlyTheMarkedOneEnds_andByItsOwnTime() {
        hasAnswered();
        client.usually(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> unmarked = fixture.ask("q");
        CompletableFuture<Completion> marked = ask("q");
        fixture.advance(Duration.ofMinutes(1));
        CompletableFuture<Completion> late = ask("q");
        fixture.advance(STALL.minusMinutes(1).plus(SHORT));
        stalled(marked);
        assertThat(late).isNotDone();
        fixture.advance(Duration.ofMinutes(1));
        stalled(late);
        assertThat(unmarked).isNotDone();
        client.usually(client.answersAfter(SHORT));
        fixture.advance(Duration.ofSeconds(20));
        assertThat(unmarked).isCompleted();
    }

    @Test
    void promptWasNeverTried_itSaysWhatIsWrongWithItsAccount() {
        hasAnswered();
        client.usually(client.failsAfter(SHORT, FailureKind.UNAVAILABLE));
        List<CompletableFuture<Completion>> answers =
                IntStream.range(0, 200).mapToObj(number -> ask("q" + number)).toList();
        fixture.advance(STALL.plus(SHORT));
        assertThat(answers).allSatisfy(answer -> assertThat(stalled(answer)).hasMessageContaining("account a, model"));
        assertThat(stalled(answers.get(199)))
                .hasMessage("no account has accepted a call for 2 min 30 s, and none has said when it will; check the"
                        + " service, or ask again later; failures until then:" + System.lineSeparator()
                        + "  account a, model: scripted UNAVAILABLE");
    }

    @Test
    void promptHasEnded_noTimerIsLeft() {
        Pending pending = new Pending(fixture.timeline);
        fixture.engineTimeline(pending);
        client.usually(client.answersAfter(SHORT));
        fixture.ask("q");
        fixture.advance(SHORT);
        int before = pending.timers;
        CompletableFuture<Completion> answered = ask("1");
        fixture.advance(SHORT);
        client.usually(client.hangs());
        CompletableFuture<Completion> cancelled = ask("2");
        assertThat(pending.timers).isGreaterThan(before);
        cancelled.cancel(false);
        fixture.advance(SHORT);
        assertThat(answered).isCompleted();
        assertThat(pending.timers).isEqualTo(before);
    }

    /** Counts the timers that haven't rung. */
    private static final class Pending extends ForwardingTimeline {

        private int timers;

        Pending(Timeline timeline) {
            super(timeline);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            timers++;
            boolean[] over = {false};
            Runnable end = () -> {
                timers -= over[0] ? 0 : 1;
                over[0] = true;
            };
            Timer timer = super.schedule(delayNanos, () -> {
                end.run();
                task.run();
            });
            return () -> {
                end.run();
                timer.cancel();
            };
        }
    }
}
