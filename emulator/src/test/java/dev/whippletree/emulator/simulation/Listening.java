package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A caller who watches an answer come, taking a piece at a time, and puts its text together. Confined to one run. */
final class Listening implements Flow.Subscriber<Delta> {

    private final StringBuilder text = new StringBuilder();
    private final Consumer<Delta> told;
    private Flow.@Nullable Subscription subscription;
    private Delta.@Nullable End end;

    private final CompletableFuture<Completion> whole = new CompletableFuture<>() {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (subscription != null) {
                subscription.cancel();
            }
            return cancelled;
        }
    };

    /**
     * Creates one.
     *
     * @param told is given each piece first
     */
    Listening(Consumer<Delta> told) {
        this.told = told;
    }

    /** Ends as the stream does; cancelling it cancels the stream. */
    CompletableFuture<Completion> whole() {
        return whole;
    }

    /** Returns whether it was told part of the answer, or all of it. */
    boolean wasTold() {
        return !text.isEmpty();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(Delta delta) {
        told.accept(delta);
        if (end != null) {
            throw new IllegalStateException("something is told after the end: " + delta);
        }
        if (delta instanceof Delta.Text piece) {
            text.append(piece.text());
        } else if (delta instanceof Delta.End last) {
            end = last;
        }
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (end == null) {
            whole.completeExceptionally(new IllegalStateException("the stream ended without an end"));
            return;
        }
        whole.complete(new Completion(
                text.toString(), Optional.empty(), List.of(), end.finishReason(), end.usage(), end.origin()));
    }
}
