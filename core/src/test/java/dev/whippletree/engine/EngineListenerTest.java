package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What listeners are told, and when. */
final class EngineListenerTest {

    private static final Duration LATENCY = Duration.ofMillis(100);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a", "1000 / 1s");
    private final Hearing hearing = new Hearing();

    EngineListenerTest() {
        fixture.listener(hearing).listener(new Hearing());
    }

    @Test
    void engineStartsAndEnds_isToldOnceEach_withTheStatusInBetween() {
        fixture.engine();
        assertThat(hearing.heard).containsExactly("started, 1 accounts");
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.engine().close(Duration.ofSeconds(1));
        assertThat(hearing.heard).doesNotContain("ended");
        fixture.run();
        fixture.engine().close(Duration.ZERO);
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(hearing.heard).containsOnlyOnce("ended").startsWith("started, 1 accounts");
        assertThat(hearing.statuses.get(0).get().prompts().answered()).isEqualTo(1);
    }

    @Test
    void listenerThatThrowsAtTheStart_isToldNothingMore() {
        Hearing broken = new Hearing() {
            @Override
            public void started(Supplier<StatusSnapshot> status) {
                throw new IllegalStateException("not twice");
            }
        };
        fixture.listener(broken).listener(hearing);
        fixture.ask("q");
        fixture.run();
        fixture.engine().close(Duration.ZERO);
        fixture.run();
        assertThat(broken.heard).isEmpty();
        assertThat(hearing.heard).contains("ended");
    }

    @Test
    void callIsAnswered_isToldFromStartToEnd() {
        Instant start = fixture.timeline.now();
        client.then(client.later(LATENCY, (prompt, model, sink) -> {
            sink.delta(new Delta.Text("answer"));
            sink.done(new AnswerEnd(
                    FinishReason.LENGTH, Optional.of(TokenUsage.of(6, 4)), "model-2026", Optional.of("id-1")));
            return () -> {};
        }));
        fixture.ask(Prompt.builder().user("q").temperature(0.5).build());
        fixture.run();
        ServiceCall call = hearing.onlyCall();
        assertThat(call.account()).isEqualTo("a");
        assertThat(call.provider()).isEqualTo("scripted");
        assertThat(call.model()).isEqualTo(EngineFixture.MODEL);
        assertThat(call.prompt().parameters().temperature()).hasValue(0.5);
        assertThat(call.streaming()).isFalse();
        assertThat(call.startedAt()).isEqualTo(start);
        assertThat(call.took()).isEqualTo(LATENCY);
        assertThat(call.end())
                .isEqualTo(new ServiceCall.Answered(
                        "model-2026", FinishReason.LENGTH, Optional.of(TokenUsage.of(6, 4)), Optional.of("id-1")));
        assertThat(hearing.heard).contains("answered CALL after PT0.1S");
    }

    @Test
    void callFails_isToldBeforeTheNextOne() {
        client.then(client.failsAfter(LATENCY, FailureKind.OVERLOADED));
        fixture.ask("q");
        fixture.run();
        assertThat(hearing.calls).hasSize(2);
        assertThat(hearing.calls.get(0).end())
                .isInstanceOfSatisfying(
                        ServiceCall.Failed.class,
                        failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.OVERLOADED));
        assertThat(hearing.calls.get(0).firstPiece()).isEmpty();
        assertThat(hearing.calls.get(1).end()).isInstanceOf(ServiceCall.Answered.class);
        assertThat(hearing.calls.get(1).startedAt())
                .isAfterOrEqualTo(hearing.calls.get(0).startedAt().plus(LATENCY));
    }

    @Test
    void answerIsStreamed_tellsWhenItsFirstPieceCame() {
        client.then((prompt, model, sink) -> {
            fixture.timeline.schedule(40_000_000, () -> sink.delta(new Delta.Text("one")));
            fixture.timeline.schedule(90_000_000, () -> {
                sink.delta(new Delta.Text("two"));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            });
            return () -> {};
        });
        ReadingCaller reader = ReadingCaller.of(fixture.engine(), Prompt.of("q"));
        fixture.run();
        assertThat(reader.whole()).isCompleted();
        ServiceCall call = hearing.onlyCall();
        assertThat(call.streaming()).isTrue();
        assertThat(call.firstPiece()).contains(Duration.ofMillis(40));
        assertThat(call.took()).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void callerGivesUp_isToldOfThePromptAndOfTheCall() {
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(LATENCY);
        answer.cancel(true);
        fixture.run();
        assertThat(hearing.onlyCall().end()).isEqualTo(new ServiceCall.Cancelled());
        assertThat(hearing.heard).contains("cancelled after PT0.1S");
    }

    @Test
    void eachCaller_isToldOfTheTimeOfItsOwnPrompt() {
        client.then(client.answersAfter(LATENCY))
                .then(client.failsAfter(LATENCY, FailureKind.REJECTED))
                .then(client.hangs());
        for (String text : List.of("answered", "refused", "cancelled")) {
            CompletableFuture<Completion> opener = fixture.ask(text);
            fixture.advance(LATENCY.dividedBy(4));
            CompletableFuture<Completion> joiner = fixture.ask(text);
            fixture.advance(LATENCY.multipliedBy(3).dividedBy(4));
            joiner.cancel(false);
            opener.cancel(false);
            fixture.advance(LATENCY);
        }
        assertThat(hearing.heard)
                .contains("answered CALL after PT0.1S", "answered JOINED after PT0.075S")
                .contains("failed REJECTED after PT0.1S", "failed REJECTED after PT0.075S")
                .containsSubsequence("cancelled after PT0.075S", "cancelled after PT0.1S");
        assertThat(fixture.engine().status().latency().mean())
                .isEqualTo(LATENCY.multipliedBy(7).dividedBy(8));
    }

    /** It asks again, and may keep its turn: that is no failure. */
    @Test
    void callerThatGivesUpByItself_isToldAndCountedAsCancelled() {
        client.then(client.hangs());
        fixture.member("a").with(said -> said.maxConcurrency(1));
        fixture.ask("under way");
        fixture.ask(Prompt.builder().user("q").callerTimeout(LATENCY).build());
        fixture.advance(LATENCY);
        assertThat(hearing.heard).contains("cancelled after PT0.05S");
        assertThat(fixture.engine().status().prompts().cancelled()).isEqualTo(1);
        assertThat(fixture.engine().status().prompts().failed()).isZero();
        assertThat(fixture.engine().status().prompts().underWay()).isEqualTo(1);
    }

    @Test
    void organizationIsOpenAgain_isToldForEachOfItsAccounts() {
        fixture.account("b", "1000 / 1s");
        List.of("a", "b").forEach(id -> fixture.member(id).with(said -> said.organization("acme")));
        client.then(client.limits(LATENCY, FailureKind.RATE_LIMITED, Duration.ofSeconds(5), Reach.ORGANIZATION));
        fixture.ask("q");
        fixture.run();
        assertThat(hearing.heard).contains("closed a").doesNotContain("closed b");
        assertThat(hearing.heard).containsOnlyOnce("reopened a", "reopened b");
    }

    @Test
    void promptThatNeverLeftTheLine_isNoCall() {
        EngineFixture closed = new EngineFixture();
        closed.account("a", "1 / 1h");
        closed.listener(hearing);
        closed.ask("q");
        CompletableFuture<Completion> waiting = closed.ask("another");
        closed.advance(LATENCY);
        waiting.cancel(true);
        closed.advance(LATENCY);
        assertThat(hearing.calls).hasSize(1);
    }

    @Test
    void promptOpensAFlight_isToldOnItsOwnThread_andHearsOfItsCalls() {
        List<String> told = new ArrayList<>();
        List<Integer> callsBefore = new ArrayList<>();
        Thread caller = Thread.currentThread();
        fixture.listener(new EngineListener() {
            @Override
            public Consumer<ServiceCall> opened(Prompt prompt) {
                assertThat(Thread.currentThread()).isSameAs(caller);
                callsBefore.add(client.calls());
                String trace = "trace of " + prompt.messages().get(0).text();
                return call -> told.add(trace);
            }

            @Override
            public void called(ServiceCall call) {
                told.add("nobody's");
            }
        });
        client.then(client.failsAfter(LATENCY, FailureKind.OVERLOADED));
        fixture.ask("q");
        fixture.ask("q");
        ReadingCaller.of(fixture.engine(), Prompt.of("other"));
        assertThat(callsBefore).containsExactly(0, 1);
        fixture.run();
        assertThat(told).containsExactlyInAnyOrder("trace of q", "trace of q", "trace of other");
        assertThat(hearing.calls).hasSize(3);
    }

    @Test
    void listenerThrowsAsAFlightOpens_itStillHearsOfTheCall() {
        List<ServiceCall> calls = new ArrayList<>();
        fixture.listener(new EngineListener() {
            @Override
            public Consumer<ServiceCall> opened(Prompt prompt) {
                throw new NoClassDefFoundError("broken listener");
            }

            @Override
            public void called(ServiceCall call) {
                calls.add(call);
            }
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(calls).hasSize(1);
        assertThat(hearing.calls).hasSize(1);
    }

    /** Writes down what it is told. */
    private static class Hearing implements EngineListener {

        private final List<String> heard = new ArrayList<>();
        private final List<ServiceCall> calls = new ArrayList<>();
        private final List<Supplier<StatusSnapshot>> statuses = new ArrayList<>();

        ServiceCall onlyCall() {
            assertThat(calls).hasSize(1);
            return calls.get(0);
        }

        @Override
        public void started(Supplier<StatusSnapshot> status) {
            statuses.add(status);
            heard.add("started, " + status.get().accounts().size() + " accounts");
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void called(ServiceCall call) {
            calls.add(call);
        }

        @Override
        public void closed(String account, String reason) {
            heard.add("closed " + account);
        }

        @Override
        public void reopened(String account) {
            heard.add("reopened " + account);
        }

        @Override
        public void answered(Origin origin, Duration took) {
            heard.add("answered " + origin.source() + " after " + took);
        }

        @Override
        public void failed(Reason reason, Duration took) {
            heard.add("failed " + reason + " after " + took);
        }

        @Override
        public void cancelled(Duration took) {
            heard.add("cancelled after " + took);
        }
    }
}
