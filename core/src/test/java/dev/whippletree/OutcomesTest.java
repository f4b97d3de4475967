package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OutcomesTest {

    private static final Completion WHOLE = new Completion(
            "Yes.",
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.empty(),
            new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ZERO, Optional.empty()));
    private static final PromptException FAILURE =
            new PromptException(PromptException.Reason.DEADLINE, "too late", List.of(), Optional.empty());

    private final List<String> pieces = new ArrayList<>();
    private final Answer answer = new Answer();

    /** An answer that says what it is told to. */
    private static final class Answer implements Flow.Publisher<Delta> {
        private final Flow.Subscription subscription = mock();
        private Flow.@Nullable Subscriber<? super Delta> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super Delta> who) {
            subscriber = who;
            who.onSubscribe(subscription);
        }

        Flow.Subscriber<? super Delta> to() {
            return Objects.requireNonNull(subscriber);
        }
    }

    @Test
    void awaitedAnswer_isReturned_andAFailureThrownAsItIs_orAsTheCauseIfItIsChecked() {
        assertThat(Outcomes.await(CompletableFuture.completedFuture(WHOLE))).isSameAs(WHOLE);
        for (Throwable failure : List.of(FAILURE, new AssertionError("no"))) {
            assertThat(catchThrowable(() -> Outcomes.await(CompletableFuture.failedFuture(failure))))
                    .isSameAs(failure);
        }
        assertThatThrownBy(() -> Outcomes.await(CompletableFuture.failedFuture(new IOException("gone"))))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("gone");
    }

    @Test
    void interruptedThread_withdrawsItsPrompt_andStaysInterrupted() {
        CompletableFuture<Completion> outcome = new CompletableFuture<>();
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Outcomes.await(outcome))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("withdrawn");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            boolean unused = Thread.interrupted();
        }
        assertThat(outcome).isCancelled();
    }

    @Test
    void pieces_areTakenInOrder_andTheWholeFollows() {
        CompletableFuture<Completion> outcome = Outcomes.ofStream(answer, piece -> pieces.add(piece.text()));

        answer.to().onNext(new Delta.Start("a", "m"));
        answer.to().onNext(new Delta.Text("Ye"));
        answer.to().onNext(new Delta.Text("s."));
        answer.to().onNext(new Delta.End(WHOLE));
        assertThat(outcome).isNotDone();
        answer.to().onComplete();

        verify(answer.subscription).request(Long.MAX_VALUE);
        assertThat(pieces).containsExactly("Ye", "s.");
        assertThat(outcome).isCompletedWithValue(WHOLE);
        verify(answer.subscription, never()).cancel();
    }

    @Test
    void consumerThatThrows_withdrawsThePrompt_andGetsNothingMore() {
        IllegalStateException full = new IllegalStateException("the disk is full");
        CompletableFuture<Completion> outcome = Outcomes.ofStream(answer, piece -> {
            pieces.add(piece.text());
            throw full;
        });

        answer.to().onNext(new Delta.Text("Ye"));
        answer.to().onNext(new Delta.Text("s."));

        assertThat(pieces).containsExactly("Ye");
        verify(answer.subscription, atLeastOnce()).cancel();
        assertThat(catchThrowable(outcome::join)).hasCause(full);
    }

    @Test
    void failedStream_failsTheOutcome() {
        CompletableFuture<Completion> outcome = Outcomes.ofStream(answer, piece -> pieces.add(piece.text()));

        answer.to().onError(FAILURE);

        assertThat(catchThrowable(outcome::join)).hasCause(FAILURE);
    }

    @Test
    void outcomeThatItsCallerEnds_withdrawsThePrompt() {
        for (Consumer<CompletableFuture<Completion>> end : List.<Consumer<CompletableFuture<Completion>>>of(
                outcome -> outcome.cancel(false), outcome -> outcome.complete(WHOLE))) {
            Answer ended = new Answer();
            CompletableFuture<Completion> outcome = Outcomes.ofStream(ended, piece -> pieces.add(piece.text()));
            verify(ended.subscription, never()).cancel();

            end.accept(outcome);
            ended.to().onNext(new Delta.Text("late"));

            verify(ended.subscription, atLeastOnce()).cancel();
        }
        assertThat(pieces).isEmpty();
    }
}
