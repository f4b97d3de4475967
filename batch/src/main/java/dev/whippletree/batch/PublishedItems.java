package dev.whippletree.batch;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A publisher's items as an iterator, which requests each item when it is wanted, and blocks until it arrives. Used by
 * one thread at a time.
 */
final class PublishedItems implements Flow.Subscriber<BatchItem>, Iterator<BatchItem> {

    private static final Signal END = new Signal(null, null);

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;
    private boolean cancelled;
    private @Nullable Signal next;

    /** What the publisher told: an item, a failure, or neither at the end. */
    private record Signal(
            @Nullable BatchItem item, @Nullable Throwable failure) {}

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        if (subscription == null && !cancelled) {
            subscription = given;
            given.request(1);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(BatchItem item) {
        Objects.requireNonNull(item, "item");
        signals.add(new Signal(item, null));
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        signals.add(new Signal(null, failure));
    }

    @Override
    public void onComplete() {
        signals.add(END);
    }

    @Override
    public boolean hasNext() {
        return look().item() != null;
    }

    @Override
    public BatchItem next() {
        BatchItem item = look().item();
        if (item == null) {
            throw new NoSuchElementException("the publisher has no more items");
        }
        next = null;
        synchronized (this) {
            if (subscription != null) {
                subscription.request(1);
            }
        }
        return item;
    }

    /** Requests no more items, and wakes up a waiting thread. Thread-safe. */
    void cancel() {
        synchronized (this) {
            cancelled = true;
            if (subscription != null) {
                subscription.cancel();
            }
        }
        signals.add(END);
    }

    private Signal look() {
        Signal there = next;
        if (there == null) {
            there = take();
            next = there;
        }
        if (there.failure() != null) {
            throw new CompletionException("the publisher of items failed: " + there.failure(), there.failure());
        }
        return there;
    }

    private Signal take() {
        try {
            return signals.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException)
                    new CancellationException("interrupted while waiting for an item").initCause(e);
        }
    }
}
