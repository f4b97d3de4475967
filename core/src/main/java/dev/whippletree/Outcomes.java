package dev.whippletree;

import dev.whippletree.engine.flight.Reader;
import dev.whippletree.engine.run.ContextFuture;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Other forms of a prompt's outcome: awaited, or with its pieces on the way. Stateless. */
final class Outcomes {

    private Outcomes() {}

    /** Waits for a prompt's outcome. An interrupted thread withdraws the prompt. */
    static <T> T await(CompletableFuture<T> outcome) {
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            outcome.cancel(false);
            Thread.currentThread().interrupt();
            CancellationException withdrawn =
                    new CancellationException("interrupted while waiting; the prompt was withdrawn");
            withdrawn.initCause(e);
            throw withdrawn;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        }
    }

    /** Subscribes to an answer, and returns it once it is whole. */
    static CompletableFuture<Completion> ofStream(Flow.Publisher<Delta> answer, Consumer<? super Delta.Piece> pieces) {
        PieceReader reader = new PieceReader(pieces);
        answer.subscribe(reader);
        return reader.outcome;
    }

    /** Returns the engine's own future of a result, which it can withdraw. */
    static CompletableFuture<?> ofEngine(CompletableFuture<?> result) {
        Optional<CompletableFuture<Completion>> streamed =
                result instanceof StreamOutcome stream && stream.subscription instanceof Reader reader
                        ? reader.outcome()
                        : Optional.empty();
        return streamed.isPresent() ? streamed.get() : result;
    }

    /** The outcome of a stream, which knows its subscription. */
    private static final class StreamOutcome extends ContextFuture<Completion> {

        private volatile Flow.@Nullable Subscription subscription;
    }

    /** Passes pieces on. Called serially. */
    private static final class PieceReader implements Flow.Subscriber<Delta> {

        private final Consumer<? super Delta.Piece> pieces;
        private final StreamOutcome outcome = new StreamOutcome();
        private @Nullable Completion whole;

        PieceReader(Consumer<? super Delta.Piece> pieces) {
            this.pieces = pieces;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            outcome.subscription = subscription;
            outcome.whenComplete((completion, failure) -> {
                if (whole == null) { // Its caller has it end before the answer does.
                    subscription.cancel();
                }
            });
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Delta delta) {
            if (delta instanceof Delta.End end) {
                whole = end.completion();
            } else if (delta instanceof Delta.Piece piece && !outcome.isDone()) {
                try {
                    pieces.accept(piece);
                } catch (Throwable e) {
                    outcome.completeExceptionally(e);
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            outcome.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            outcome.complete(Objects.requireNonNull(whole, "the answer has no end"));
        }
    }
}
