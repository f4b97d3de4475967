package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.engine.flight.Reader;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.shared.Garbage;
import dev.whippletree.time.Timeline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class EngineStreamTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a", "1000 / 1s");

    private CompletableFuture<Completion> stream() {
        return read().whole();
    }

    private ReadingCaller read() {
        return ReadingCaller.of(fixture.engine(), Prompt.of("q"));
    }

    private ReadingCaller readSlowly(long atOnce) {
        return ReadingCaller.slow(fixture.engine(), Prompt.of("q"), atOnce);
    }

    /** Sends a piece after each of the pauses, and ends with the last. */
    private ScriptedClient.Behaviour pieces(Duration... pauses) {
        return (prompt, model, sink) -> {
            sink.sent();
            Duration at = Duration.ZERO;
            for (int index = 0; index < pauses.length; index++) {
                at = at.plus(pauses[index]);
                boolean last = index == pauses.length - 1;
                String text = "piece " + index + ";";
                fixture.timeline.schedule(at.toNanos(), () -> {
                    sink.delta(new Delta.Text(text));
                    if (last) {
                        sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                    }
                });
            }
            return () -> {};
        };
    }

    /** Sends a piece every second, and then ends. */
    private ScriptedClient.Behaviour says(String... texts) {
        return says(EngineStreamTest::stops, texts);
    }

    /** Sends a piece every second, and then fails. */
    private ScriptedClient.Behaviour breaksAfter(String... texts) {
        return says(EngineStreamTest::breaks, texts);
    }

    private ScriptedClient.Behaviour says(Consumer<AttemptSink> end, String... texts) {
        return says(end, Arrays.stream(texts).map(Delta.Text::new).toArray(Delta.Piece[]::new));
    }

    private ScriptedClient.Behaviour says(Consumer<AttemptSink> end, Delta.Piece... pieces) {
        return (prompt, model, sink) -> {
            sink.sent();
            for (int index = 0; index < pieces.length; index++) {
                Delta.Piece piece = pieces[index];
                fixture.timeline.schedule(SECOND.multipliedBy(index + 1).toNanos(), () -> sink.delta(piece));
            }
            fixture.timeline.schedule(SECOND.multipliedBy(pieces.length + 1).toNanos(), () -> end.accept(sink));
            return () -> {};
        };
    }

    private static void assertInterrupted(ReadingCaller caller, String words) {
        assertThat(failure(caller.whole()).reason()).isEqualTo(PromptException.Reason.STREAM_INTERRUPTED);
        assertThat(failure(caller.whole())).hasMessageContaining(words);
        assertThat(failure(caller.whole()).tried()).isPositive();
    }

    @Test
    void piecesThatKeepComing_mayTakeLongerThanAnyOneTimeout() {
        Duration pause = Duration.ofSeconds(14);
        client.then(pieces(pause, pause, pause, pause));
        CompletableFuture<Completion> answer = stream();
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("piece 0;piece 1;piece 2;piece 3;");
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void stalled_timesOutFifteenSecondsAfterTheLastPiece_andNothingPartialIsGiven() {
        client.then((prompt, model, sink) -> {
            sink.sent();
            fixture.timeline.schedule(Duration.ofSeconds(20).toNanos(), () -> sink.delta(new Delta.Text("half an")));
            return () -> {};
        });
        client.then(says("half", " an answer"));
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(34));
        assertThat(client.cancelled()).isZero();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("half an answer");
    }

    @Test
    void streamThatNeverEnds_isBoundedByTheWholeTimeout() {
        Duration[] pauses = new Duration[70];
        Arrays.fill(pauses, Duration.ofSeconds(10));
        client.then(pieces(pauses));
        ReadingCaller caller = read();
        fixture.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(client.cancelled()).isZero();
        fixture.advance(Duration.ofMillis(1));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertInterrupted(caller, "no whole answer within 10 min");
    }

    @Test
    void pieces_areToldAsTheyCome_andThenTheEnd() {
        client.then(says("one ", "two ", "three"));
        ReadingCaller caller = read();
        fixture.advance(SECOND.minusMillis(1));
        assertThat(caller.told()).isEmpty();
        fixture.advance(SECOND.plusMillis(1));
        assertThat(caller.told()).startsWith(new Delta.Start("a", "model"));
        assertThat(caller.pieces()).containsExactly(new Delta.Text("one "), new Delta.Text("two "));
        assertThat(caller.whole()).isNotDone();
        fixture.run();
        Completion answer = caller.whole().join();
        assertThat(answer.text()).isEqualTo("one two three");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.origin().account()).isEqualTo("a");
        assertThat(answer.origin().source()).isEqualTo(Origin.Source.CALL);
    }

    @Test
    void thoughtsAndToolCalls_areToldInTheirOrder() {
        Delta.Piece[] pieces = {
            new Delta.Reasoning("hm"),
            new Delta.Text("I ask."),
            new Delta.ToolCallPart(0, Optional.of("id 0"), Optional.of("f"), ""),
            new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "{}"),
            new Delta.ToolCallPart(1, Optional.of("id 1"), Optional.of("g"), "{\"a\":1}")
        };
        client.then(says(
                sink -> sink.done(new AnswerEnd(FinishReason.TOOL_CALLS, Optional.of(TokenUsage.of(1, 2)), "model")),
                pieces));
        ReadingCaller caller = read();
        ReadingCaller late = readSlowly(0);
        fixture.run();
        late.request(10);
        fixture.run();
        assertThat(caller.pieces()).containsExactly(pieces);
        assertThat(late.pieces())
                .containsExactly(
                        pieces[0],
                        pieces[1],
                        new Delta.ToolCallPart(0, Optional.of("id 0"), Optional.of("f"), "{}"),
                        pieces[4]);
        assertThat(late.whole().join().usage()).contains(TokenUsage.of(1, 2));
        assertThat(late.whole().join().toolCalls())
                .containsExactly(new ToolCall("id 0", "f", "{}"), new ToolCall("id 1", "g", "{\"a\":1}"));
    }

    @Test
    void oneWhoJoins_isToldEverythingFromTheStart() {
        client.then(says("one ", "two ", "three"));
        read();
        fixture.advance(SECOND.multipliedBy(2));
        ReadingCaller late = read();
        fixture.advance(Duration.ZERO);
        assertThat(late.text()).isEqualTo("one two ");
        fixture.run();
        assertThat(late.whole().join().text()).isEqualTo("one two three");
        assertThat(late.whole().join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void slowReader_holdsUpNobody_andGetsWhatHasPiledUpAtOnce() {
        client.then(says("one ", "two ", "three"));
        ReadingCaller fast = read();
        ReadingCaller slow = readSlowly(2);
        fixture.run();
        assertThat(fast.whole()).isCompleted();
        assertThat(slow.pieces()).containsExactly(new Delta.Text("one "));
        assertThat(fixture.status().prompts().underWay()).isZero();
        slow.request(1);
        fixture.run();
        assertThat(slow.pieces()).containsExactly(new Delta.Text("one "), new Delta.Text("two three"));
        assertThat(slow.whole()).isNotDone();
        slow.request(Long.MAX_VALUE);
        slow.request(Long.MAX_VALUE);
        fixture.run();
        assertThat(slow.whole().join().text()).isEqualTo("one two three");
    }

    @Test
    void answerThatNobodyStreamed_comesAsOnePiece() {
        client.then((prompt, model, sink) -> {
            assertThat(sink.streaming()).isFalse();
            return client.answersAfter(SECOND).run(prompt, model, sink);
        });
        fixture.ask("q");
        fixture.advance(Duration.ofMillis(1));
        ReadingCaller caller = read();
        fixture.run();
        assertThat(caller.pieces()).containsExactly(new Delta.Text("answer"));
        assertThat(caller.whole()).isCompleted();
    }

    @Test
    void oneReaderAmongTheCallersOfAWaitingFlight_isEnoughToStream() {
        EngineFixture narrow = new EngineFixture();
        ScriptedClient one = narrow.account("one", "1 / 1s");
        narrow.ask("before");
        narrow.ask("q");
        List<Boolean> streaming = new ArrayList<>();
        one.usually((prompt, model, sink) -> {
            streaming.add(sink.streaming());
            return one.answersAfter(SECOND).run(prompt, model, sink);
        });
        ReadingCaller.of(narrow.engine(), Prompt.of("q"));
        narrow.ask("r");
        ReadingCaller.of(narrow.engine(), Prompt.of("r")).whole().cancel(false);
        narrow.run();
        assertThat(streaming).containsExactly(true, false);
    }

    @Test
    void broken_goesOnWhereTheNewAnswerRepeatsWhatWasTold() {
        client.then(breaksAfter("one ", "two "));
        client.then(says("on", "e tw", "o three", " four"));
        ReadingCaller caller = read();
        fixture.run();
        assertThat(caller.pieces())
                .containsExactly(
                        new Delta.Text("one "),
                        new Delta.Text("two "),
                        new Delta.Text("three"),
                        new Delta.Text(" four"));
        assertThat(caller.whole().join().origin().attempts()).isEqualTo(2);
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void pieces_keepTheCallAlive_alsoWhileTheyRepeatWhatWasTold() {
        Duration pause = Duration.ofSeconds(14);
        client.then(breaksAfter("piece 0;piece 1;piece 2;"));
        client.then(pieces(pause, pause, pause, pause));
        ReadingCaller caller = read();
        fixture.run();
        assertThat(caller.whole().join().text()).isEqualTo("piece 0;piece 1;piece 2;piece 3;");
        assertThat(client.calls()).isEqualTo(2);
    }

    private static Delta.Piece call(int index, String id, String name, String arguments) {
        return new Delta.ToolCallPart(index, Optional.of(id), Optional.of(name), arguments);
    }

    private static Delta.Piece more(int index, String arguments) {
        return new Delta.ToolCallPart(index, Optional.empty(), Optional.empty(), arguments);
    }

    private ScriptedClient.Behaviour calls(Delta.Piece... pieces) {
        return says(sink -> sink.done(new AnswerEnd(FinishReason.TOOL_CALLS, Optional.empty(), "model")), pieces);
    }

    private ScriptedClient.Behaviour breaksCalling(Delta.Piece... pieces) {
        return says(EngineStreamTest::breaks, pieces);
    }

    @Test
    void brokenToolCalls_goOnWithTheFirstIds_thoughEveryAttemptDrawsItsOwn() {
        fixture.account("b", "1000 / 1s")
                .usually(calls(call(0, "b0", "f", "{\"a\":1}"), call(1, "b1", "g", "{}"), call(2, "b2", "h", "{}")));
        client.then(breaksCalling(call(0, "a0", "f", "{\"a\""), more(0, ":1}"), call(1, "a1", "g", "{")));
        ReadingCaller caller = read();
        fixture.advance(SECOND.multipliedBy(2));
        ReadingCaller late = readSlowly(0);
        CompletableFuture<Completion> whole = fixture.ask("q");
        fixture.run();
        late.request(10);
        fixture.run();
        List<ToolCall> expected = List.of(
                new ToolCall("a0", "f", "{\"a\":1}"), new ToolCall("a1", "g", "{}"), new ToolCall("b2", "h", "{}"));
        assertThat(caller.pieces())
                .containsExactly(
                        call(0, "a0", "f", "{\"a\""),
                        more(0, ":1}"),
                        call(1, "a1", "g", "{"),
                        more(1, "}"),
                        call(2, "b2", "h", "{}"));
        assertThat(caller.whole().join().toolCalls()).isEqualTo(expected);
        assertThat(late.whole().join().toolCalls()).isEqualTo(expected);
        assertThat(whole.join().toolCalls()).isEqualTo(expected);
        assertThat(whole.join().origin().account()).isEqualTo("b");
    }

    @Test
    void broken_andTheNewAnswerDiffers_endsWithAClearErrorAndNothingMoreIsTold() {
        ScriptedCache cache = new ScriptedCache(fixture.timeline);
        fixture.cache("near", cache);
        String another = "the retry gave a different answer";
        assertIsAnother(another, breaksAfter("one ", "two "), says("one ", "three", " four"));
        assertThat(client.cancelled()).isEqualTo(1);
        assertIsAnother(another, breaksAfter("one ", "two "), says(sink -> {}, "one ", "three"));
        assertIsAnother("the connection broke", breaksAfter("one ", "two "), says("one "));
        assertThat(cache.entries()).isEmpty();
        assertThat(fixture.status().inFlight()).isZero();
    }

    private void assertIsAnother(String words, ScriptedClient.Behaviour broken, ScriptedClient.Behaviour retry) {
        client.then(broken).then(retry);
        ReadingCaller caller = read();
        fixture.advance(SECOND);
        List<Delta> first = caller.pieces();
        fixture.run();
        assertInterrupted(caller, words);
        assertThat(caller.pieces()).startsWith(first.toArray(Delta[]::new)).hasSizeLessThanOrEqualTo(2);
    }

    /** A provider needn't tell of the first byte. */
    @Test
    void piece_isAResponse() {
        fixture.route(route -> route.withTimeouts(Timeouts.DEFAULT.withFirstByte(Duration.ofMillis(1_500))));
        client.then(says("one ", "two ", "three"));
        ReadingCaller caller = read();
        fixture.run();
        assertThat(caller.whole().join().text()).isEqualTo("one two three");
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void brokenTwice_goesOnAllTheSame() {
        ScriptedClient other = fixture.account("b", "1000 / 1s");
        client.then(breaksAfter("one ", "two "));
        other.then(breaksAfter("one "));
        client.usually(says("one ", "two ", "three"));
        other.usually(says("one two three"));
        ReadingCaller caller = read();
        fixture.run();
        assertThat(caller.whole().join().text()).isEqualTo("one two three");
    }

    @Test
    void thoseThatWereToldNothing_getTheNewAnswer() {
        client.then(breaksAfter("one ", "two "));
        client.then(says("three ", "four"));
        ReadingCaller told = read();
        ReadingCaller slow = readSlowly(0);
        CompletableFuture<Completion> whole = fixture.ask("q");
        fixture.run();
        slow.request(Long.MAX_VALUE);
        fixture.run();
        assertInterrupted(told, "the retry gave a different answer");
        assertThat(slow.whole().join().text()).isEqualTo("three four");
        assertThat(whole.join().text()).isEqualTo("three four");
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void oneReaderLeaves_othersAreToldTheRest_theLastOneEndsTheCall() {
        client.then(says("one ", "two ", "three"));
        ReadingCaller first = read();
        ReadingCaller second = read();
        fixture.advance(SECOND);
        first.whole().cancel(false);
        fixture.advance(SECOND);
        assertThat(first.text()).isEqualTo("one ");
        assertThat(second.text()).isEqualTo("one two ");
        assertThat(client.cancelled()).isZero();
        second.whole().cancel(false);
        fixture.run();
        assertThat(second.text()).isEqualTo("one two ");
        assertThat(client.cancelled()).isEqualTo(1);
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void askingForNothing_isAMistakeThatEndsTheStream() {
        ReadingCaller caller = read();
        caller.request(0);
        fixture.run();
        assertThatThrownBy(() -> caller.whole().join())
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
        assertThat(fixture.status().inFlight()).isZero();
        assertThat(fixture.status().prompts().cancelled()).isEqualTo(1);
    }

    @Test
    void subscriberThatThrows_isToldNothingMore_andOthersAreNotHurt() {
        client.then(says("one ", "two"));
        Signals signals = new Signals(subscription -> {});
        fixture.engine().stream(Prompt.of("q")).subscribe(signals);
        ReadingCaller other = read();
        try (LoggedLines log = new LoggedLines(Reader.class)) {
            fixture.run();
            assertThat(log.thrown()).contains("a subscriber's mistake");
        }
        assertThat(signals.heard).containsExactly(new Delta.Start("a", "model"));
        assertThat(other.whole().join().text()).isEqualTo("one two");
    }

    @Test
    void keptSubscription_doesNotKeepItsPrompt() {
        client.then(says("one ", "two"));
        List<ReadingCaller> kept = new ArrayList<>();
        WeakReference<String> text = new WeakReference<>(read(new String(new char[1_000_000]), kept));
        fixture.run();
        assertThat(Garbage.isGone(text)).isTrue();
        assertThat(kept.get(0).text()).isEqualTo("one two");
    }

    @Test
    void keptSubscription_doesNotKeepAPromptThatFailed() {
        client.then(client.failsAfter(SECOND, FailureKind.REJECTED));
        List<ReadingCaller> kept = new ArrayList<>();
        WeakReference<String> text = new WeakReference<>(read(new String(new char[1_000_000]), kept));
        fixture.run();
        assertThat(Garbage.isGone(text)).isTrue();
        assertThat(failure(kept.get(0).whole()).reason()).isEqualTo(PromptException.Reason.REJECTED);
    }

    private String read(String text, List<ReadingCaller> kept) {
        kept.add(ReadingCaller.of(fixture.engine(), Prompt.of(text)));
        return text;
    }

    @Test
    void keptSubscription_doesNotKeepItsAnswer() {
        client.then(says("one ", "two"));
        ForgetfulCaller caller = new ForgetfulCaller();
        fixture.engine().stream(Prompt.of("q")).subscribe(caller);
        fixture.run();
        assertThat(caller.subscriptions).hasSize(1);
        assertThat(caller.answers).hasSize(1).allMatch(Garbage::isGone);
    }

    /** Keeps its subscription, but not its answer. */
    private static final class ForgetfulCaller implements Flow.Subscriber<Delta> {

        private final List<Flow.Subscription> subscriptions = new ArrayList<>();
        private final List<WeakReference<Completion>> answers = new ArrayList<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriptions.add(subscription);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Delta delta) {
            if (delta instanceof Delta.End end) {
                answers.add(new WeakReference<>(end.completion()));
            }
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {}
    }

    @Test
    void cancelledByItsFirstAct_asksNothing() {
        Signals signals = new Signals(Flow.Subscription::cancel);
        fixture.engine().stream(Prompt.of("q")).subscribe(signals);
        fixture.run();
        assertThat(signals.heard).isEmpty();
        assertThat(client.calls()).isZero();
        assertThat(fixture.status().prompts().submitted()).isZero();
    }

    /** A timeline on which a stream is cancelled while its prompt is submitted: then the time is asked next. */
    private static final class CancelledMeanwhile extends ForwardingTimeline {

        private Optional<Flow.Subscription> next = Optional.empty();

        CancelledMeanwhile(Timeline timeline) {
            super(timeline);
        }

        void cancelNext(Flow.Subscription subscription) {
            next = Optional.of(subscription);
        }

        @Override
        public long nanoTime() {
            next.ifPresent(Flow.Subscription::cancel);
            next = Optional.empty();
            return super.nanoTime();
        }
    }

    /** The gateway cancels on another thread, as soon as a client has hung up. */
    @Test
    void cancelledWhileItIsSubmitted_isWithdrawn() {
        CancelledMeanwhile timeline = new CancelledMeanwhile(fixture.timeline);
        fixture.account("full", "1 / 1h");
        fixture.route("default", "full").engineTimeline(timeline).ask("first");
        Signals signals = new Signals(timeline::cancelNext);
        fixture.engine().stream(Prompt.of("q")).subscribe(signals);
        assertThat(fixture.status().prompts().submitted()).isEqualTo(2);
        assertThat(fixture.status().prompts().cancelled()).isEqualTo(1);
        assertThat(fixture.status().waiting()).isZero();
        fixture.run();
        assertThat(signals.heard).isEmpty();
    }

    /** Asks for all, acts, writes down what it hears, and throws at each piece. */
    private static final class Signals implements Flow.Subscriber<Delta> {

        private final List<Object> heard = new ArrayList<>();
        private final Consumer<Flow.Subscription> act;

        Signals(Consumer<Flow.Subscription> act) {
            this.act = act;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(10);
            act.accept(subscription);
        }

        @Override
        public void onNext(Delta delta) {
            heard.add(delta);
            throw new IllegalStateException("a subscriber's mistake");
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure);
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }
    }

    private ReadingCaller readWithFirstPieceWithin(Duration deadline) {
        return ReadingCaller.of(
                fixture.engine(),
                Prompt.builder().user("q").firstPieceWithin(deadline).build());
    }

    @Test
    void deadlineForTheFirstPiece_holdsUntilItComes_andAgainOnceTheAnswerBreaksOff() {
        Duration deadline = Duration.ofMillis(1_500);
        client.then(says("one ", "two ", "three "));
        ReadingCaller caller = readWithFirstPieceWithin(deadline);
        fixture.run();
        assertThat(caller.whole().join().text()).isEqualTo("one two three ");
        client.then(breaksAfter("one ")).then(client.hangs());
        caller = readWithFirstPieceWithin(deadline);
        fixture.advance(Duration.ofSeconds(2));
        assertThat(caller.whole()).isNotDone();
        fixture.advance(deadline);
        assertThat(failure(caller.whole()).reason()).isEqualTo(PromptException.Reason.DEADLINE);
        assertThat(client.cancelled()).isEqualTo(1);
        client.then(client.answersAfter(Duration.ofSeconds(2)));
        CompletableFuture<Completion> whole =
                fixture.ask(Prompt.builder().user("q").firstPieceWithin(SECOND).build());
        fixture.advance(SECOND);
        assertThat(failure(whole).reason()).as("nobody streams").isEqualTo(PromptException.Reason.DEADLINE);
    }

    private void retryOften() {
        Duration pause = Duration.ofMillis(100);
        fixture.route(route -> EngineFixture.with(route, new Retries(5, pause, pause, 1, 10)));
    }

    @Test
    void answersThatBreakOffWithoutGoingFurther_giveNoMoreTime() {
        retryOften();
        client.then(breaksAfter("one ")).then(breaksAfter("one ")).then(says("one ", "two"));
        ReadingCaller caller = readWithFirstPieceWithin(Duration.ofMillis(1_900));
        fixture.advance(Duration.ofMinutes(1));
        assertThat(failure(caller.whole()).reason()).isEqualTo(PromptException.Reason.DEADLINE);
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void answersThatGoFurtherEachTimeBeforeTheyBreakOff_areWaitedFor() {
        retryOften();
        client.then(breaksAfter("one ")).then(breaksAfter("one ", "two ")).then(says("one ", "two ", "three"));
        ReadingCaller caller = readWithFirstPieceWithin(Duration.ofMillis(2_900));
        fixture.advance(Duration.ofMinutes(1));
        assertThat(caller.whole().join().text()).isEqualTo("one two three");
    }

    @Test
    void noPieceComes_deadlineForTheFirstOneEndsTheStream() {
        client.then(client.hangs());
        ReadingCaller caller = readWithFirstPieceWithin(SECOND);
        fixture.advance(SECOND);
        assertThat(failure(caller.whole()).reason()).isEqualTo(PromptException.Reason.DEADLINE);
        assertThat(client.cancelled()).isOne();
    }

    @Test
    void callersTimeout_refusesNoneWhoWasToldPartOfTheAnswer() {
        ScriptedClient limited = fixture.account("limited", "1 / 1m");
        limited.then(breaksAfter("one "));
        fixture.tier("limited");
        ReadingCaller caller = ReadingCaller.of(
                fixture.engine(),
                Prompt.builder().user("q").callerTimeout(Duration.ofSeconds(20)).build());
        fixture.advance(Duration.ofSeconds(30));
        assertThat(fixture.status().waiting()).isOne();
        assertThat(caller.whole()).isNotDone();
    }

    @Test
    void whoJoinsAStreamThatHasBegun_hasItsFirstPiece() {
        client.then(says("one ", "two ", "three ", "four"));
        read();
        fixture.advance(SECOND);
        ReadingCaller late = readWithFirstPieceWithin(Duration.ofMillis(100));
        fixture.run();
        assertThat(late.whole()).isCompleted();
        assertThat(late.whole().join().text()).isEqualTo("one two three four");
    }

    @Test
    void streamThatHasBegun_wasAdmitted() {
        EngineFixture unknown = new EngineFixture();
        ScriptedClient endless = unknown.account("a").usually((prompt, model, sink) -> {
            unknown.timeline.schedule(SECOND.toNanos(), () -> sink.delta(new Delta.Text("one ")));
            return () -> {};
        });
        for (int i = 0; i < 12; i++) {
            ReadingCaller.of(unknown.engine(), Prompt.of("q" + i));
        }
        assertThat(endless.calls()).isEqualTo(4);
        unknown.advance(SECOND);
        assertThat(endless.calls()).isEqualTo(8);
        unknown.advance(SECOND);
        assertThat(endless.calls()).isEqualTo(12);
    }

    @Test
    void emptyAnswerOfWhichThoughtsWereTold_isTheAnswer() {
        client.then(says(EngineStreamTest::stops, new Delta.Reasoning("hm")));
        ReadingCaller caller = read();
        fixture.advance(Duration.ofSeconds(5));
        assertThat(caller.whole()).isCompleted();
        assertThat(caller.whole().join().text()).isEmpty();
        assertThat(client.calls()).isEqualTo(1);
    }

    private static final Delta.Piece TIER = extras("service_tier", "flex");

    private static Delta.Piece extras(String name, Object value) {
        return new Delta.ExtrasPart(new AnswerExtras(Map.of(name, value), Map.of(), Map.of()));
    }

    private static Delta.Piece logprob(String token) {
        return new Delta.ExtrasPart(new AnswerExtras(
                Map.of(), Map.of("logprobs", Map.of("content", List.of(Map.of("token", token)))), Map.of()));
    }

    private static void stops(AttemptSink sink) {
        sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), "model"));
    }

    private static void breaks(AttemptSink sink) {
        sink.failed(Failure.of(FailureKind.UNAVAILABLE, "the connection broke"));
    }

    @Test
    void refusalExtrasAndCustomCalls_reachEveryReader_alsoLaterAndFromTheCache() {
        fixture.cache("near", new ScriptedCache(fixture.timeline));
        Delta.Piece call = new Delta.ToolCallPart(
                0, Optional.of("c"), Optional.of("exec"), "print(1)", ToolCall.Type.CUSTOM, Map.of("signature", "s"));
        client.then(says(
                EngineStreamTest::stops,
                TIER,
                new Delta.Refusal("I can't"),
                logprob("I"),
                new Delta.Refusal(" do that"),
                logprob("do"),
                call));
        ReadingCaller early = read();
        fixture.advance(Duration.ofSeconds(5));
        ReadingCaller late = read();
        CompletableFuture<Completion> joined = fixture.engine().complete(Prompt.of("q"));
        fixture.run();
        ReadingCaller cached = read();
        fixture.run();
        Completion whole = joined.join();
        assertThat(whole.refusal()).contains("I can't do that");
        assertThat(whole.toolCalls())
                .containsExactly(new ToolCall("c", "exec", "print(1)", ToolCall.Type.CUSTOM, Map.of("signature", "s")));
        assertThat(whole.extras())
                .isEqualTo(new AnswerExtras(
                        Map.of("service_tier", "flex"),
                        Map.of("logprobs", Map.of("content", List.of(Map.of("token", "I"), Map.of("token", "do")))),
                        Map.of()));
        for (ReadingCaller reader : List.of(early, late, cached)) {
            Completion read = reader.whole().join();
            assertThat(read.refusal()).isEqualTo(whole.refusal());
            assertThat(read.toolCalls()).isEqualTo(whole.toolCalls());
            assertThat(read.extras()).isEqualTo(whole.extras());
        }
        assertThat(cached.whole().join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void extras_comeAfterWhatTheyBelongTo_andNeverFirst() {
        client.then(says(
                EngineStreamTest::stops, TIER, new Delta.Text("a"), logprob("a"), new Delta.Text("b"), logprob("b")));
        ReadingCaller caller = read();
        fixture.advance(SECOND);
        assertThat(caller.told()).isEmpty();
        fixture.run();
        assertThat(caller.pieces())
                .containsExactly(new Delta.Text("a"), TIER, logprob("a"), new Delta.Text("b"), logprob("b"));
    }

    @Test
    void extrasAlone_areNoFirstPiece() {
        client.then((prompt, model, sink) -> {
            sink.sent();
            fixture.timeline.schedule(SECOND.toNanos(), () -> sink.delta(TIER));
            return () -> {};
        });
        client.then(says("answer"));
        CompletableFuture<Completion> answer = stream();
        fixture.advance(Duration.ofSeconds(29));
        assertThat(client.cancelled()).isZero();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(client.cancelled()).isEqualTo(1);
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(answer.join().extras().isEmpty()).isTrue();
    }

    @Test
    void brokenAnswer_continues_howeverItsExtrasDiffer() {
        client.then(says(
                EngineStreamTest::breaks,
                extras("request", "1"),
                new Delta.Text("The answer"),
                logprob("The"),
                extras("request", "only the first knows")));
        client.then(says(
                EngineStreamTest::stops,
                extras("request", "2"),
                logprob("The"),
                new Delta.Text("The answer is 42"),
                extras("timing", 3L)));
        ReadingCaller caller = read();
        CompletableFuture<Completion> joined = fixture.engine().complete(Prompt.of("q"));
        fixture.run();
        assertThat(caller.whole().join().text()).isEqualTo("The answer is 42");
        assertThat(caller.pieces()).endsWith(new Delta.Text(" is 42"));
        assertThat(joined.join().extras().answer()).isEqualTo(Map.of("request", "2", "timing", 3L));
    }

    @Test
    void extrasThatNobodyHasRead_areForgottenWithTheirAttempt() {
        client.then(says(EngineStreamTest::breaks, new Delta.Text("The answer"), extras("request", "1")));
        client.then(says("The answer", " is 42"));
        ReadingCaller slow = readSlowly(2);
        fixture.advance(Duration.ofSeconds(4));
        slow.request(Long.MAX_VALUE);
        fixture.run();
        assertThat(slow.whole().join().text()).isEqualTo("The answer is 42");
        assertThat(slow.whole().join().extras().isEmpty()).isTrue();
    }

    @Test
    void arrived_countsExtras() {
        client.then(says(EngineStreamTest::stops, new Delta.Text("a"), extras("large", "x".repeat(5_000))));
        ReadingCaller caller = readSlowly(1);
        fixture.run();
        assertThat(caller.arrived()).hasSize(1).allMatch(size -> size > 5_000);
    }

    @Test
    void severalAnswersAtOnce_areAskedForWhole() {
        List<Boolean> streamed = new ArrayList<>();
        client.usually((prompt, model, sink) -> {
            streamed.add(sink.streaming());
            sink.sent();
            sink.delta(new Delta.Text("a"));
            stops(sink);
            return () -> {};
        });
        ReadingCaller.of(
                fixture.engine(), Prompt.builder().user("q").extra("n", 1).build());
        ReadingCaller.of(
                fixture.engine(), Prompt.builder().user("q").extra("n", 2L).build());
        fixture.run();
        assertThat(streamed).containsExactly(true, false);
    }
}
