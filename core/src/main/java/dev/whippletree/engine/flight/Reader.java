package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.run.Mailbox;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.StreamSubscriber;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an answer to one caller: from the start, as much as the caller requests. Thread-safe; its own mailbox tells the subscriber one thing at a
 * time, and a slow subscriber holds up nobody else.
 */
public final class Reader implements Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final Flow.Subscriber<? super Delta> subscriber;
    private final Executor executor;
    private final Mailbox mailbox = Mailbox.ofAnyTasks();
    private final Transcript.Place place = new Transcript.Place();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();

    /** Whether the subscriber is told nothing any more. */
    private volatile boolean over;

    private volatile @Nullable Subscription subscription;
    private volatile @Nullable LongConsumer sizeListener;

    /** Confined to the mailbox. */
    private Delta.@Nullable End end;

    /**
     * Creates one who hasn't asked for anything.
     *
     * @param executor what the subscriber is told on
     */
    public Reader(Flow.Subscriber<? super Delta> subscriber, Executor executor) {
        this.subscriber = subscriber;
        this.executor = executor;
    }

    /** Where its tasks run, in order. */
    public Mailbox mailbox() {
        return mailbox;
    }

    /** Returns where it has come to. */
    public Transcript.Place place() {
        return place;
    }

    /** Introduces itself to its subscriber, on this thread, which runs the mailbox from then on until it is drained. */
    public void introduce() {
        mailbox.claim();
        subscriber.onSubscribe(this);
    }

    public boolean isOver() {
        return over;
    }

    /** It is a caller of a flight now. */
    public void subscribed(Subscription as) {
        subscription = as;
        if (subscriber instanceof StreamSubscriber counting) {
            sizeListener = size -> pass(() -> counting.onArrived(size));
            as.flight().broadcast().tellSize(sizeListener);
            if (over) {
                stop();
            }
        }
    }

    /** Its prompt has ended. */
    public void ended(@Nullable Completion completion, @Nullable Throwable failure) {
        if (completion != null) {
            end = new Delta.End(completion.finishReason(), completion.usage(), completion.origin());
            tell();
        } else if (failure != null) {
            fail(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        }
    }

    /** Tells the subscriber, on the mailbox, that there is no whole answer. */
    private void fail(Throwable failure) {
        if (!over) {
            stop();
            pass(() -> subscriber.onError(failure));
        }
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            IllegalArgumentException mistake =
                    new IllegalArgumentException("a subscriber must request at least 1 delta, not " + count);
            post(() -> {
                fail(mistake);
                leave();
            });
            return;
        }
        requested.accumulateAndGet(count, (before, more) -> {
            long sum = before + more;
            return sum < 0 ? Long.MAX_VALUE : sum;
        });
        wake();
    }

    @Override
    public void cancel() {
        stop();
        leave();
    }

    /** The subscriber is told nothing any more: the answer, which others may go on reading, doesn't keep it. */
    private void stop() {
        over = true;
        Subscription reading = subscription;
        LongConsumer listener = sizeListener;
        if (reading != null && listener != null) {
            reading.flight().broadcast().tellSizeNoMore(listener);
        }
    }

    private void leave() {
        Subscription left = subscription;
        subscription = null; // Whoever keeps this doesn't keep the answer.
        if (left != null) {
            left.future().cancel(false);
        }
    }

    /** There may be more to tell. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            post(this::tell);
        }
    }

    private void post(Runnable task) {
        mailbox.add(task);
        mailbox.runOn(executor);
    }

    /** Sees to it that what is there is told once the lock is free. The lock must be held. */
    void wakeAfter(Monitor monitor) {
        if (woken.compareAndSet(false, true)) {
            monitor.after(mailbox, this::tell);
        }
    }

    private void tell() {
        woken.set(false);
        while (!over && requested.get() > 0) {
            Optional<? extends Delta> next = next();
            if (next.isEmpty()) {
                return;
            }
            requested.updateAndGet(before -> before == Long.MAX_VALUE ? before : before - 1);
            Delta delta = next.get();
            pass(() -> subscriber.onNext(delta));
            if (delta instanceof Delta.End && !over) {
                stop();
                pass(subscriber::onComplete);
            }
        }
    }

    private Optional<? extends Delta> next() {
        Subscription reading = subscription;
        if (reading == null) {
            return Optional.empty();
        }
        Optional<? extends Delta> next = reading.flight().broadcast().next(place);
        return next.isPresent() ? next : Optional.ofNullable(end);
    }

    /** A subscriber that throws has broken its contract, and is told nothing more. */
    private void pass(Runnable signal) {
        try {
            signal.run();
        } catch (Throwable e) {
            LOG.warn("A subscriber failed and gets no more pieces", e);
            cancel();
        }
    }
}
