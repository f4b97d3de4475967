package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.testkit.shared.Garbage;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers that give up by themselves while their prompts wait, and ask again. */
final class CallerTimeoutTest {

    private final EngineFixture fixture = new EngineFixture();

    private static Prompt.Builder prompt(String text, Duration timeout) {
        return Prompt.builder().user(text).callerTimeout(timeout);
    }

    /** A library that asks again after a refusal when it is told to, or after its own timeout, so many times. */
    private final class Caller {

        private final Prompt prompt;
        private final long longestPauseSeconds;
        private int tries;
        private boolean answered;
        private Instant answeredAt = Instant.EPOCH;
        private Runnable whenDone = () -> {};

        Caller(Prompt prompt, int tries, long longestPauseSeconds) {
            this.prompt = prompt;
            this.tries = tries;
            this.longestPauseSeconds = longestPauseSeconds;
        }

        void ask() {
            tries--;
            fixture.ask(prompt).whenComplete((answer, failure) -> {
                if (failure == null) {
                    answered = true;
                    answeredAt = fixture.timeline.now();
                    whenDone.run();
                } else if (tries > 0) {
                    PromptException refusal = (PromptException) failure;
                    Duration wait = refusal.roomAt()
                            .map(at -> Duration.between(fixture.timeline.now(), at))
                            .orElse(Duration.ofSeconds(longestPauseSeconds));
                    long seconds = Math.min(longestPauseSeconds, Math.max(1, (wait.toMillis() + 999) / 1000));
                    fixture.timeline.schedule(
                            Duration.ofMillis(seconds * 1000 + 300).toNanos(), this::ask);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"120, 114", "600, 570", "10, 9", "1, 0.5", "1.5, 0.75", "0.2, 0.1"})
    void promptThatWaits_isRefusedAMarginBeforeItsCallerGivesUp(double timeout, double refusedAfter) {
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        CompletableFuture<Completion> answer = fixture.ask(
                prompt("second", Duration.ofMillis((long) (timeout * 1000))).build());
        fixture.advance(Duration.ofMillis((long) (refusedAfter * 1000) - 1));
        assertThat(answer).isNotDone();
        fixture.advance(Duration.ofMillis(1));
        assertThat(failure(answer).reason()).isEqualTo(Reason.CALLER_TIMEOUT);
        Duration left = Duration.ofHours(1).minusMillis((long) ((refusedAfter + timeout / 2) * 1000));
        assertThat(Duration.between(
                        fixture.timeline.now(), failure(answer).roomAt().orElseThrow()))
                .isBetween(left, left.plusSeconds(1));
        assertThat(failure(answer)).hasMessageContaining("raise it");
    }

    @Test
    void callUnderWay_outlastsTheTimeout() {
        ScriptedClient client = fixture.account("a", "10 / 1m");
        client.usually(client.answersAfter(Duration.ofSeconds(100)));
        CompletableFuture<Completion> answer =
                fixture.ask(prompt("slow", Duration.ofSeconds(10)).build());
        fixture.advance(Duration.ofSeconds(101));
        assertThat(answer).isCompleted();
    }

    @Test
    void eachRefusedPrompt_hearsWhenItsOwnTurnComes_behindThoseToldBefore() {
        fixture.account("a", "10 / 1m");
        for (int number = 0; number < 10; number++) {
            fixture.ask("before " + number);
        }
        List<CompletableFuture<Completion>> refused = IntStream.range(0, 40)
                .mapToObj(number -> fixture.ask(
                        prompt("prompt " + number, Duration.ofSeconds(40)).build()))
                .toList();
        fixture.advance(Duration.ofSeconds(39));
        List<Long> told = new ArrayList<>();
        for (CompletableFuture<Completion> answer : refused) {
            told.add(Duration.between(
                            fixture.timeline.now(), failure(answer).roomAt().orElseThrow())
                    .toSeconds());
        }
        for (int window = 0; window < 4; window++) {
            long expected = 1 + 60 * window; // Half of the timeout before its turn.
            assertThat(told.subList(10 * window, 10 * window + 10))
                    .allSatisfy(seconds -> assertThat(seconds).isBetween(expected - 1, expected + 1));
        }
    }

    /** What bulk tools do: 600 prompts at 40 calls a minute, 200 at the same with two minutes, 320 with one minute. */
    @ParameterizedTest
    @CsvSource({
        "600, 600, 600, 3, 60",
        "200, 200, 120, 3, 60",
        "320, 200, 60, 4, 60",
        "320, 320, 60, 9, 60",
        "320, 100, 60, 30, 8"
    })
    void callersThatAskAgain_areAllAnswered_andNoCallIsMadeTwice(
            int prompts, int atOnce, int timeoutSeconds, int tries, int longestPause) {
        ScriptedClient one = fixture.account("a", "20 / 1m");
        ScriptedClient other = fixture.account("b", "20 / 1m");
        List<Caller> callers = new ArrayList<>();
        Deque<Caller> next = new ArrayDeque<>();
        for (int number = 0; number < prompts; number++) {
            Prompt asked = prompt("prompt " + number, Duration.ofSeconds(timeoutSeconds))
                    .build();
            Caller caller = new Caller(asked, tries, longestPause);
            caller.whenDone = () -> Optional.ofNullable(next.poll()).ifPresent(Caller::ask);
            callers.add(caller);
        }
        next.addAll(callers.subList(atOnce, prompts));
        callers.subList(0, atOnce).forEach(Caller::ask);
        fixture.advance(Duration.ofMinutes(40));
        assertThat(callers).allMatch(caller -> caller.answered);
        assertThat(one.calls() + other.calls()).isEqualTo(prompts);
        assertThat(fixture.engine().status().prompts().resumed()).isPositive();
        assertThat(fixture.engine().status().prompts().successRate()).isEqualTo(1);
    }

    @Test
    void promptThatComesAgain_goesBackToItsTurn_evenBeforeItWasTold() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        CompletableFuture<Completion> left =
                fixture.ask(prompt("again", Duration.ofSeconds(10)).build());
        List<CompletableFuture<Completion>> later = fixture.askMany("later ", 5);
        fixture.advance(Duration.ofSeconds(20));
        assertThat(left).isCompletedExceptionally();
        CompletableFuture<Completion> again = fixture.ask("again");
        fixture.advance(Duration.ofSeconds(45));
        assertThat(again).isCompleted();
        assertThat(later).noneMatch(CompletableFuture::isDone);
    }

    @ParameterizedTest
    @CsvSource({
        "acme, one, INTERACTIVE, 119, 1",
        "acme, one, INTERACTIVE, 120, 0",
        "other, one, INTERACTIVE, 119, 0",
        "acme, two, INTERACTIVE, 119, 0",
        "acme, one, BATCH, 119, 0"
    })
    void turn_isKeptForTwoMinutes_forTheSameTenantSessionAndPriority(
            String tenant, String session, Priority priority, long after, long resumed) {
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        fixture.ask(Prompt.builder().user("again").tenant("acme").session("one").build())
                .cancel(false);
        fixture.advance(Duration.ofSeconds(after));
        for (int twice = 0; twice < 2; twice++) {
            fixture.ask(Prompt.builder()
                    .user("again")
                    .tenant(tenant)
                    .session(session)
                    .priority(priority)
                    .noCache()
                    .build());
        }
        fixture.advance(Duration.ZERO);
        assertThat(fixture.status().prompts().resumed()).isEqualTo(resumed);
    }

    @Test
    void ofEqualPromptsThatLeft_theFirstTurnIsTakenFirst() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        CompletableFuture<Completion> before = fixture.ask("before");
        Prompt fresh = Prompt.builder().user("again").noCache().build();
        CompletableFuture<Completion> early = fixture.ask(fresh);
        CompletableFuture<Completion> between = fixture.ask("between");
        CompletableFuture<Completion> late = fixture.ask(fresh);
        early.cancel(false);
        late.cancel(false);
        CompletableFuture<Completion> again = fixture.ask(fresh);
        fixture.advance(Duration.ofSeconds(62));
        assertThat(before).isCompleted();
        assertThat(again).isNotDone();
        fixture.advance(Duration.ofSeconds(60));
        assertThat(again).isCompleted();
        assertThat(between).isNotDone();
    }

    @Test
    void promptThatIsLeft_isForgottenButForItsTurn() {
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        WeakReference<String> text = new WeakReference<>(leave(new String(new char[1_000_000])));
        fixture.advance(Duration.ofSeconds(1));
        assertThat(Garbage.isGone(text)).isTrue();
        assertThat(fixture.engine()).isNotNull();
    }

    private String leave(String text) {
        fixture.ask(Prompt.builder()
                        .user(text)
                        .question(text)
                        .callerTimeout(Duration.ofMinutes(1))
                        .build())
                .cancel(false);
        return text;
    }

    @Test
    void promptThatIsAnswered_leavesNoTimer() {
        fixture.account("a", "1 / 1h");
        fixture.ask(prompt("q", Duration.ofMinutes(10)).build());
        fixture.advance(Duration.ofSeconds(1));
        assertThat(fixture.timeline.runNext()).isFalse();
    }

    @Test
    void whoLeavesAndReturnsInALoop_gainsNothing() {
        fixture.account("a", "1 / 10s");
        fixture.ask("first");
        List<CompletableFuture<Completion>> waiting = IntStream.range(0, 10)
                .mapToObj(number -> fixture.ask(
                        Prompt.builder().user("waiting " + number).session("w").build()))
                .toList();
        Caller loop =
                new Caller(prompt("loop", Duration.ofSeconds(2)).session("l").build(), 1000, 1);
        Caller calm =
                new Caller(prompt("calm", Duration.ofHours(2)).session("c").build(), 1, 1);
        calm.ask();
        loop.ask();
        fixture.advance(Duration.ofMinutes(3));
        assertThat(loop.answered).isTrue();
        assertThat(loop.answeredAt).isAfter(calm.answeredAt);
        assertThat(waiting).allMatch(CompletableFuture::isDone);
    }

    @Test
    void keptTurns_countAsPlaces_butNotAmongThoseThatWait() {
        fixture.settings(EngineSettings.DEFAULT.withLineSize(3));
        fixture.account("a", "1 / 1h");
        fixture.ask("first");
        for (int number = 0; number < 2; number++) {
            fixture.ask(Prompt.builder().user("left " + number).tenant("leaver").build())
                    .cancel(false);
        }
        CompletableFuture<Completion> waits =
                fixture.ask(Prompt.builder().user("waits").tenant("leaver").build());
        assertThat(fixture.status().waiting()).isOne();
        assertThat(fixture.status().tenants())
                .filteredOn(tenant -> tenant.name().equals(Optional.of("leaver")))
                .extracting(StatusSnapshot.Tenant::waiting)
                .containsExactly(1);
        CompletableFuture<Completion> other = fixture.ask("other");
        fixture.advance(Duration.ZERO);
        assertThat(List.of(waits, other)).noneMatch(CompletableFuture::isDone);
        fixture.ask(Prompt.builder().user("left 0").tenant("leaver").build());
        assertThat(fixture.status().prompts().resumed()).isZero(); // It had to make place.
    }

    @Test
    void keptTurns_delayNoForecastAfterTwoMinutes_thoughNobodyAsks() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        for (int number = 0; number < 10; number++) {
            fixture.ask("left " + number).cancel(false);
        }
        fixture.ask("second");
        fixture.ask("third");
        fixture.ask("fourth");
        fixture.advance(Duration.ofSeconds(185));
        assertThat(fixture.engine().timeFor(List.of(Prompt.of("like")), 1))
                .hasValueSatisfying(time -> assertThat(time).isLessThan(Duration.ofMinutes(2)));
    }

    @Test
    void promptThatIsLeft_keepsItsTurnOverAReload() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        fixture.ask("again").cancel(false);
        CompletableFuture<Completion> later = fixture.ask("later");
        fixture.account("b", "1 / 1h");
        fixture.tier("b"); // Its provider hasn't been asked what the prompt takes.
        fixture.reload();
        CompletableFuture<Completion> again = fixture.ask("again");
        fixture.advance(Duration.ofSeconds(30));
        assertThat(again).isCompleted();
        assertThat(later).isNotDone();
    }

    @Test
    void keptTurns_refuseNobodyWhoHasADeadline() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        for (int number = 0; number < 10; number++) {
            fixture.ask("left " + number).cancel(false);
        }
        CompletableFuture<Completion> inTime = fixture.ask("in time", Duration.ofSeconds(90));
        fixture.advance(Duration.ofSeconds(62));
        assertThat(inTime).isCompleted().isNotCompletedExceptionally();
    }

    @Test
    void refusedPrompts_hearOfTheWaitBehindKeptTurns() {
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        for (int number = 0; number < 5; number++) {
            fixture.ask("left " + number).cancel(false);
        }
        fixture.ask("waits");
        CompletableFuture<Completion> late = fixture.ask("late", Duration.ofSeconds(30));
        CompletableFuture<Completion> hasty =
                fixture.ask(prompt("hasty", Duration.ofSeconds(10)).build());
        Instant start = fixture.timeline.now();
        fixture.advance(Duration.ofSeconds(10));
        assertThat(failure(late).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        assertThat(failure(hasty).reason()).isEqualTo(Reason.CALLER_TIMEOUT);
        assertThat(List.of(failure(late), failure(hasty)))
                .allSatisfy(refusal ->
                        assertThat(refusal.roomAt().orElseThrow()).isAfter(start.plus(Duration.ofSeconds(350))));
    }

    @Test
    void promptThatIsStillLookedUp_isRefusedToo() {
        fixture.account("a", "10 / 1m");
        fixture.cache("slow", new ScriptedCache(fixture.timeline).latency(Duration.ofSeconds(30)))
                .settings(EngineSettings.DEFAULT.withCacheTimeout(Duration.ofMinutes(1)));
        CompletableFuture<Completion> answer =
                fixture.ask(prompt("again", Duration.ofSeconds(10)).build());
        fixture.advance(Duration.ofSeconds(9));
        assertThat(answer).isCompletedExceptionally();
        assertThat(failure(answer).reason()).isEqualTo(Reason.CALLER_TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource({"10, 1000", "1000, 10"})
    void keptTurns_giveWayBeforeAnybodyWhoWaits(int lineSize, int tenantLineSize) {
        fixture.settings(EngineSettings.DEFAULT.withLineSize(lineSize).withTenantLineSize(tenantLineSize));
        fixture.account("a", "1 / 1m");
        fixture.ask("first");
        for (int number = 0; number < 10; number++) {
            fixture.ask("left " + number).cancel(false);
        }
        List<CompletableFuture<Completion>> others = fixture.askMany("other ", 10);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        assertThat(failure(fixture.ask("one too many")).reason()).isEqualTo(Reason.LINE_FULL);
        fixture.ask("left 0");
        assertThat(fixture.engine().status().prompts().resumed()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "RATE_LIMITED"})
    void promptThatIsLeftAfterAFailedCall_keepsItsTurn(FailureKind kind) {
        ScriptedClient client = fixture.account("a", "1 / 1m");
        client.then(client.failsAfter(Duration.ofSeconds(1), kind));
        CompletableFuture<Completion> first = fixture.ask("again");
        CompletableFuture<Completion> later = fixture.ask("later");
        fixture.advance(Duration.ofMillis(500));
        fixture.engine().withdraw(first); // The call under way is its last.
        fixture.advance(Duration.ofSeconds(1));
        assertThat(first).isCancelled();
        CompletableFuture<Completion> again = fixture.ask("again");
        fixture.advance(Duration.ofSeconds(65));
        assertThat(again).isCompleted();
        assertThat(later).isNotDone();
    }

    @Test
    void promptThatHasFailedMeanwhile_hearsOfThat() {
        ScriptedClient client = fixture.account("a", "10 / 1m");
        fixture.ask("earlier");
        fixture.advance(Duration.ofSeconds(2));
        client.usually(client.failsAfter(Duration.ofMillis(100), FailureKind.OVERLOADED));
        CompletableFuture<Completion> answer =
                fixture.ask(prompt("again", Duration.ofSeconds(2)).build());
        fixture.advance(Duration.ofSeconds(2));
        assertThat(failure(answer)).hasMessageContaining("failures until now", "OVERLOADED");
    }
}
