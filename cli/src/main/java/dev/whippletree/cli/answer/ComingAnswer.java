package dev.whippletree.cli.answer;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Follows one answer: passes on its pieces as they arrive, and keeps the whole. Thread-safe; subscribes once. */
public final class ComingAnswer implements Flow.Subscriber<Delta> {

    private final PieceSink sink;
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Answer> whole = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;

    /** Takes the pieces of an answer, one at a time. */
    @FunctionalInterface
    public interface PieceSink {

        /** Takes the next piece. May block. */
        void take(Delta.Piece piece);
    }

    /**
     * A whole answer. Immutable.
     *
     * @param text what the model said, or its refusal; may be empty
     * @param end how it ended and where it came from
     */
    public record Answer(String text, Delta.End end) {

        /** Returns what a completion says. */
        public static Answer of(Completion completion) {
            return new Answer(completion.words(), new Delta.End(completion));
        }
    }

    /**
     * Creates a subscriber that hasn't received anything.
     *
     * @param sink is handed each piece, on whatever thread it comes
     */
    public ComingAnswer(PieceSink sink) {
        this.sink = sink;
    }

    /**
     * Blocks until the answer is whole.
     *
     * @throws CancellationException if it was {@linkplain #cancel() cancelled} before
     * @throws RuntimeException what the answer ended with instead, such as a
     *     {@link dev.whippletree.model.PromptException}
     */
    public Answer await() {
        try {
            return whole.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Cancels the prompt. A piece in progress may still be forwarded. Does nothing once the answer is whole. */
    public void cancel() {
        Flow.Subscription following = subscription;
        if (whole.cancel(false) && following != null) {
            following.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (whole.isDone()) {
            given.cancel();
        } else {
            given.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(Delta delta) {
        try {
            switchOn(delta);
        } catch (RuntimeException e) {
            // Rethrown, it would reach nobody, and the caller of await would wait forever.
            whole.completeExceptionally(e);
            Flow.Subscription following = subscription;
            if (following != null) {
                following.cancel();
            }
        }
    }

    private void switchOn(Delta delta) {
        if (delta instanceof Delta.End end) {
            whole.complete(new Answer(text.toString(), end));
            return;
        }
        if (delta instanceof Delta.Text more) {
            text.append(more.text());
        }
        if (delta instanceof Delta.Refusal more) {
            text.append(more.text());
        }
        if (delta instanceof Delta.Piece piece && !whole.isDone()) {
            sink.take(piece);
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.completeExceptionally(new IllegalStateException("the answer ended without its last piece"));
    }
}
