package dev.whippletree.engine;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StreamSubscriber;
import dev.whippletree.spi.AnswerEnd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A caller who reads an answer while it comes, and puts it together. Thread-safe. */
final class ReadingCaller implements StreamSubscriber {

    private final List<Delta> told = Collections.synchronizedList(new ArrayList<>());
    private final Transcript transcript = new Transcript(new Delta.Start("", ""));
    private final List<Long> arrived = Collections.synchronizedList(new ArrayList<>());
    private final long atOnce;
    private volatile Flow.@Nullable Subscription subscription;

    private final CompletableFuture<Completion> whole = new CompletableFuture<>() {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            subscription().cancel();
            return cancelled;
        }
    };

    private ReadingCaller(long atOnce) {
        this.atOnce = atOnce;
    }

    /** One who takes whatever comes. */
    static ReadingCaller of(Engine engine, Prompt prompt) {
        return slow(engine, prompt, Long.MAX_VALUE);
    }

    /** One who takes a number of deltas, and more only when it is told to {@link #request}. */
    static ReadingCaller slow(Engine engine, Prompt prompt, long atOnce) {
        ReadingCaller caller = new ReadingCaller(atOnce);
        engine.stream(prompt).subscribe(caller);
        return caller;
    }

    /** Ends as the stream does, with all that was told; cancelling it cancels the stream. */
    CompletableFuture<Completion> whole() {
        return whole;
    }

    /** Returns all that was told so far. */
    List<Delta> told() {
        return List.copyOf(told);
    }

    /** Returns the pieces that were told so far. */
    List<Delta> pieces() {
        return told.stream().filter(Delta.Piece.class::isInstance).toList();
    }

    /** Returns the text that was told so far. */
    String text() {
        StringBuilder text = new StringBuilder();
        pieces().forEach(piece -> text.append(((Delta.Text) piece).text()));
        return text.toString();
    }

    /** Returns what it was told of how much had come. */
    List<Long> arrived() {
        return List.copyOf(arrived);
    }

    @Override
    public void onArrived(long characters) {
        arrived.add(characters);
    }

    void request(long count) {
        subscription().request(count);
    }

    private Flow.Subscription subscription() {
        Flow.Subscription there = subscription;
        if (there == null) {
            throw new IllegalStateException("nobody has told the caller that it is subscribed");
        }
        return there;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (atOnce > 0) {
            given.request(atOnce);
        }
    }

    @Override
    public void onNext(Delta delta) {
        if (whole.isDone() && !whole.isCancelled()) {
            throw new AssertionError("told after the end: " + delta);
        }
        told.add(delta);
        if (delta instanceof Delta.Piece piece) {
            transcript.add(piece);
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        Delta.End end = (Delta.End) told.get(told.size() - 1);
        whole.complete(transcript.build(
                new AnswerEnd(end.finishReason(), end.usage(), end.origin().model()), end.origin()));
    }
}
