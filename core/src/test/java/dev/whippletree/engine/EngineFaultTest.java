package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.PluginTasks;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import dev.whippletree.testkit.logging.LoggedLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What plugins and callers do wrong hurts nobody else. */
final class EngineFaultTest {

    private static final Duration SHORT = Duration.ofMillis(10);

    private final EngineFixture fixture = new EngineFixture();

    @Test
    void sendThrowsAnError_countsAsUnavailable() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then((prompt, model, sink) -> {
            throw new NoClassDefFoundError("broken provider");
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(5));
        assertThat(answer).isCompleted();
        assertThat(fixture.status("a").failures()).containsEntry(FailureKind.UNAVAILABLE, 1L);
        assertThat(fixture.status().inFlight()).isZero();
    }

    /** Whoever writes a plugin needs the stack trace; what the provider says may quote the prompt or a token. */
    @ParameterizedTest
    @ValueSource(classes = {Attempt.class, AdmissionControl.class})
    void whatAProviderThrows_isWarnedOfOnceAnHour_andIsTheCauseOfTheError(Class<?> catcher) {
        IllegalStateException thrown = new IllegalStateException("broken provider");
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually((prompt, model, sink) -> {
            throw thrown;
        });
        if (catcher == AdmissionControl.class) {
            client.admits(() -> {
                throw thrown;
            });
        }
        try (LoggedLines log = new LoggedLines(catcher)) {
            List<CompletableFuture<Completion>> answers = fixture.askMany(3);
            fixture.run();
            assertThat(answers).allSatisfy(answer -> assertThat(failure(answer)).hasCause(thrown));
            assertThat(log.ofThisThread())
                    .singleElement()
                    .asString()
                    .startsWith("WARN account a: its provider failed to ");
            assertThat(log.traces())
                    .anySatisfy(trace -> assertThat(trace)
                            .contains("IllegalStateException", "EngineFaultTest")
                            .doesNotContain("broken provider"));
        }
    }

    @Test
    void whatAProviderThrew_isNotTheCauseOfClosing() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then((prompt, model, sink) -> {
            throw new IllegalStateException("broken provider");
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.engine().close(Duration.ZERO);
        fixture.run();
        assertThat(failure(answer)).hasNoCause();
        assertThat(failure(answer).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void nullFromAProvider_isItsFailure_andThePromptIsAskedAgain() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then((prompt, model, sink) -> {
            sink.failed(null);
            return () -> {};
        });
        client.then((prompt, model, sink) -> {
            sink.limits(null);
            return () -> {};
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(failure(answer).attempts())
                .hasSize(2)
                .allSatisfy(attempt -> assertThat(attempt.failure().message())
                        .startsWith("the provider failed: java.lang.NullPointer"));
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void taskOfACallThatThrows_failsItsAttempt() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        Executor tasks = new PluginTasks(fixture.timeline.executor(), new PluginFaults(fixture.timeline));
        client.then((prompt, model, sink) -> {
            tasks.execute(() -> {
                throw new StackOverflowError("too deep");
            });
            return () -> {};
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().origin().attempts()).isEqualTo(2);
        assertThat(fixture.status("a").failures()).containsExactly(Map.entry(FailureKind.UNAVAILABLE, 1L));
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void callThatCantBeCancelled_isLoggedWithItsAccount() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually((prompt, model, sink) -> () -> {
            throw new IllegalStateException("stuck");
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        try (LoggedLines log = new LoggedLines(Attempt.class)) {
            answer.cancel(true);
            fixture.run();
            assertThat(log.all()).containsExactly("WARN account a: its provider failed to cancel a call");
        }
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void staleConnection_isCounted_andIsNeitherAnAttemptNorAFailureNorAPause() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.later(SHORT, (prompt, model, sink) -> {
            sink.staleConnection(false);
            sink.delta(new Delta.Text("answer"));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            sink.staleConnection(false);
            return () -> {};
        }));
        List<CompletableFuture<Completion>> answers = fixture.askMany(6);
        fixture.advance(SHORT);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer).isCompleted();
            assertThat(answer.join().origin().attempts()).isEqualTo(1);
        });
        StatusSnapshot.AccountStatus account = fixture.status("a");
        assertThat(account.staleConnections()).isEqualTo(6);
        assertThat(account.calls()).isEqualTo(6);
        assertThat(account.failures()).isEmpty();
        assertThat(account.state()).isEqualTo(StatusSnapshot.AccountState.OPEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestSentAgainOnANewConnection_countsTwice_andWaitsIfALimitHasNoRoom(boolean ofModel) {
        Duration window = Duration.ofMinutes(1);
        ScriptedClient client = fixture.account("a");
        Limit limit = Limit.requests(3, window);
        fixture.member("a").with(said -> ofModel ? said.limit(limit, EngineFixture.MODEL) : said.limit(limit));
        List<Long> requests = new ArrayList<>();
        ScriptedClient.Behaviour stale = (prompt, model, sink) -> {
            requests.add(fixture.elapsed().toNanos());
            sink.sent();
            if (!sink.staleConnection(true)) {
                sink.failed(Failure.of(FailureKind.UNAVAILABLE, "closed"));
                return () -> {};
            }
            requests.add(fixture.elapsed().toNanos());
            return client.answersAfter(SHORT).run(prompt, model, sink);
        };
        client.then(stale).then(stale).then((prompt, model, sink) -> {
            requests.add(fixture.elapsed().toNanos());
            return client.answersAfter(SHORT).run(prompt, model, sink);
        });

        List<CompletableFuture<Completion>> answers = fixture.askMany(2);
        fixture.run();

        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.join().origin().attempts()).isEqualTo(1));
        assertThat(fixture.status("a").failures()).isEmpty();
        assertThat(requests).hasSize(4).startsWith(0L, 0L, 0L);
        assertThat(requests.get(3)).isGreaterThanOrEqualTo(window.toNanos());
    }

    /** They have had their turn. */
    @Test
    void requestsThatWaitToBeSentAgain_keepTheirPlacesInALineThatIsFull() {
        fixture.settings(EngineSettings.DEFAULT.withLineSize(0));
        ScriptedClient client = fixture.account("a", "2 / 1m");
        ScriptedClient.Behaviour stale = client.later(SHORT, (prompt, model, sink) -> {
            sink.staleConnection(true);
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, "closed"));
            return () -> {};
        });
        client.then(stale).then(stale);
        List<CompletableFuture<Completion>> waiting = List.of(
                fixture.ask(Prompt.builder().user("first").session("long").build()),
                fixture.ask(Prompt.builder().user("second").session("long").build()));
        fixture.advance(SHORT);
        assertThat(fixture.status().waiting()).isEqualTo(2);
        CompletableFuture<Completion> newer = fixture.ask("newer");
        assertThat(failure(newer).reason()).isEqualTo(Reason.LINE_FULL);
        fixture.run();
        assertThat(waiting).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void requestIsNotSentAgain_whileTheServiceAsksToWait() {
        ScriptedClient client = fixture.account("a", "10 / 1m");
        List<Boolean> again = new ArrayList<>();
        client.then(client.limits(SHORT, FailureKind.RATE_LIMITED, Duration.ofMinutes(1), Reach.ORGANIZATION));
        client.then(client.later(SHORT.multipliedBy(2), (prompt, model, sink) -> {
            again.add(sink.staleConnection(true));
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, "closed"));
            return () -> {};
        }));
        fixture.askMany(2);
        fixture.advance(SHORT.multipliedBy(3));
        assertThat(again).containsExactly(false);
    }

    @Test
    void answeredBeforeSendReturns_isAnAnswer_andWhatComesAfterTheEndIsIgnored() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then((prompt, model, sink) -> {
            sink.delta(new Delta.Text("at once"));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            sink.delta(new Delta.Text("more"));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, "after the end"));
            sink.firstByte();
            return () -> {};
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("at once");
        assertThat(fixture.status("a").answered()).isEqualTo(1);
        assertThat(fixture.status("a").failures()).isEmpty();
        assertThat(fixture.status().inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, Integer.MAX_VALUE})
    void toolCallOfAnAbsurdIndex_orAnAnswerOfAnAbsurdSize_isGarbage(int index) {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.then(client.later(SHORT, (prompt, model, sink) -> {
            sink.delta(new Delta.ToolCallPart(index, Optional.empty(), Optional.of("f"), "{}"));
            sink.done(new AnswerEnd(FinishReason.TOOL_CALLS, Optional.empty(), model));
            return () -> {};
        }));
        client.then(client.later(SHORT, (prompt, model, sink) -> {
            String million = "x".repeat(1 << 20);
            for (int part = 0; part < 65; part++) {
                sink.delta(new Delta.Text(million));
            }
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            return () -> {};
        }));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(failure(answer).attempts())
                .extracting(attempt -> attempt.failure().kind())
                .containsExactly(FailureKind.UNAVAILABLE, FailureKind.UNAVAILABLE);
    }

    @Test
    void admissionThrowsOrRefuses_goesToWhoCanTakeIt_orIsAnErrorThatNamesEachAccount() {
        ScriptedClient broken = fixture.account("a", "10 / 1s").admits(() -> {
            throw new NoClassDefFoundError("broken provider");
        });
        ScriptedClient refusing = fixture.account("b", "10 / 1s").refusing("no logprobs here");
        CompletableFuture<Completion> nobody = fixture.ask("nobody's");
        fixture.run();
        assertThat(failure(nobody).reason()).isEqualTo(Reason.REJECTED);
        assertThat(failure(nobody))
                .hasMessageContaining("account a")
                .hasMessageContaining("broken provider")
                .hasMessageContaining("no logprobs here");
        ScriptedClient taking = fixture.account("c", "10 / 1s");
        fixture.tier("c").reload();
        List<CompletableFuture<Completion>> answers = fixture.askMany(4);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(taking.calls()).isEqualTo(4);
        assertThat(broken.calls() + refusing.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAProviderThrows_mayBeUnsayable_andNobodyHangs(boolean admitting) {
        RuntimeException thrown = new EngineCacheTest.Unsayable();
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually((prompt, model, sink) -> {
            throw thrown;
        });
        if (admitting) {
            client.admits(() -> {
                throw thrown;
            });
        }
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        fixture.run();
        assertThat(failure(answer)).hasMessageContaining(EngineCacheTest.Unsayable.class.getName());
        assertThat(fixture.elapsed()).isLessThan(Duration.ofMinutes(1));
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void noAdmissionIsGiven_isAnErrorThatNamesTheAccount_andNobodyHangs() {
        ScriptedClient client = fixture.account("a", "10 / 1s").admits(() -> null);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.REJECTED);
        assertThat(failure(answer)).hasMessageContaining("account a").hasMessageContaining("it gave no admission");
        assertThat(client.calls()).isZero();
    }

    @Test
    void absurdEstimates_harmNobody() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.admits(() -> Admission.asMade(Long.MAX_VALUE, Long.MAX_VALUE))
                .usually(client.endsAfter(SHORT, FinishReason.STOP));
        List<CompletableFuture<Completion>> answers = fixture.askMany(10);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void pickerOutOfRange_weightsAreHeededAllTheSame() {
        fixture.account("a", "10 / 1s");
        fixture.account("b", "10 / 1s");
        fixture.member("b").with(said -> said.weight(3));
        fixture.picker((ready, now) -> -1);
        fixture.askMany(8);
        fixture.run();
        assertThat(fixture.status("a").calls()).isEqualTo(2);
        assertThat(fixture.status("b").calls()).isEqualTo(6);
        assertThat(fixture.status().pickerFaults()).isEqualTo(8);
    }

    /** A strategy runs under the engine's lock, without which nobody can close it. */
    @Test
    void pickerThatBlocksClosing_isWarnedOf_withItsStackTrace() throws InterruptedException {
        fixture.account("a", "10 / 1s");
        Thread closing = new Thread(() -> fixture.engine().close(Duration.ZERO));
        fixture.picker((ready, now) -> {
            closing.start();
            awaitWaiting(closing);
            Thread picking = Thread.currentThread();
            Thread timer = new Thread(() -> {
                awaitWaiting(picking);
                fixture.timeline.advance(Duration.ofSeconds(10));
            });
            timer.start();
            try {
                timer.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 0;
        });
        try (LoggedLines log = new LoggedLines(Monitor.class)) {
            fixture.ask("q");
            closing.join();
            assertThat(log.all()).contains("WARN Closing waits for the engine, which java.lang.Thread blocks");
            assertThat(log.traces()).anySatisfy(trace -> assertThat(trace).contains("pickerThatBlocksClosing"));
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void pickerThrowsAnError_somebodyElsePicks() {
        fixture.account("a", "10 / 1s");
        fixture.picker(new Picker() {
            @Override
            public int pick(List<TargetView> ready, long nowNanos) {
                throw new StackOverflowError();
            }

            @Override
            public void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {
                throw new StackOverflowError();
            }
        });
        try (LoggedLines ofPicks = new LoggedLines(DispatchPass.class);
                LoggedLines ofOutcomes = new LoggedLines(OutcomeRecorder.class)) {
            List<CompletableFuture<Completion>> answers = fixture.askMany(3);
            fixture.run();
            assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
            assertThat(ofPicks.ofThisThread())
                    .containsExactly(
                            "WARN Strategy round-robin failed to pick; the target with the fewest calls for its"
                                    + " weight is used");
            assertThat(ofOutcomes.ofThisThread())
                    .containsExactly("WARN Strategy round-robin failed when told an outcome");
        }
        assertThat(fixture.status().pickerFaults()).isEqualTo(3);
    }

    /** Picks the last, and remembers what it saw and how attempts ended. */
    private static final class HearingPicker implements Picker {

        private final List<String> outcomes = new ArrayList<>();
        private List<TargetView> seen = List.of();

        @Override
        public int pick(List<TargetView> ready, long nowNanos) {
            seen = List.copyOf(ready);
            return ready.size() - 1;
        }

        @Override
        public void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {
            outcomes.add(target + " " + outcome + " " + latencyNanos / 1_000_000 + " ms");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, FAILED",
        "QUOTA_EXHAUSTED, FAILED",
        "UNAUTHORIZED, FAILED",
        "MODEL_UNAVAILABLE, FAILED",
        "OVERLOADED, FAILED",
        "UNAVAILABLE, FAILED",
        "TIMEOUT, FAILED",
        "TOO_LARGE, REFUSED",
        "FILTERED, REFUSED",
        "REJECTED, REFUSED"
    })
    void pickersOfEachTier_hearHowEachAttemptEnded_aCallersMistakeIsNoFailure(FailureKind kind, String outcome) {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        HearingPicker picker = new HearingPicker();
        fixture.picker(picker).tier("a").tier("a");
        client.usually(client.hangs()).then(client.failsAfter(SHORT, kind));
        fixture.ask("failed");
        fixture.advance(SHORT);
        assertThat(picker.outcomes).hasSize(2).containsOnly("a/model " + outcome + " 10 ms");
    }

    @Test
    void picker_seesWhatIsUnderWayAndFree_andHearsOfAnswersAndCancellations() {
        fixture.account("a", Optional.empty(), 5, "10 / 1h");
        HearingPicker picker = new HearingPicker();
        fixture.picker(picker).tier("a", "a/other");
        fixture.member("a").with(said -> said.weight(3));
        fixture.askMany(2);
        CompletableFuture<Completion> given = fixture.ask("given up");
        assertThat(picker.seen)
                .containsExactly(new TargetView("a/model", 3, 0, 3, 0.8), new TargetView("a/other", 3, 2, 5, 0.8));
        fixture.advance(SHORT);
        given.cancel(true);
        fixture.run();
        assertThat(picker.outcomes)
                .containsExactly("a/other CANCELLED 10 ms", "a/other ANSWERED 100 ms", "a/other ANSWERED 100 ms");
    }

    @Test
    void listenerThrows_othersHearAndPromptsAreAnswered() {
        List<Origin> heard = new ArrayList<>();
        fixture.account("a", "10 / 1s");
        fixture.listener(new EngineListener() {
            @Override
            public void answered(Origin origin, Duration took) {
                throw new NoClassDefFoundError("broken listener");
            }
        });
        fixture.listener(new EngineListener() {
            @Override
            public void answered(Origin origin, Duration took) {
                heard.add(origin);
            }
        });
        fixture.ask("another");
        CompletableFuture<Completion> answer = fixture.ask("q");
        try (LoggedLines log = new LoggedLines(Listeners.class)) {
            fixture.run();
            assertThat(log.all()).containsExactly("WARN Listener " + EngineFaultTest.class.getName() + "$2 failed");
        }
        assertThat(answer).isCompleted();
        assertThat(heard).hasSize(2);
    }

    @Test
    void callbackThrows_nobodyElseIsHurt() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Completion> first = fixture.ask("q");
        CompletableFuture<Completion> second = fixture.ask("q");
        first.thenAccept(answer -> {
            throw new IllegalStateException("broken caller");
        });
        fixture.run();
        assertThat(second).isCompleted();
        assertThat(fixture.status().prompts().underWay()).isZero();
    }

    @Test
    void callerCompletesTheFutureItself_unsubscribes() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        answer.completeExceptionally(new IllegalStateException("no longer needed"));
        fixture.run();
        assertThat(client.cancelled()).isEqualTo(1);
        assertThat(fixture.status().inFlight()).isZero();
    }
}
