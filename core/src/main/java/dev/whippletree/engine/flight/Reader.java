package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.run.CallerContext;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.StreamSubscriber;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an answer to one caller, from its start and as fast as the caller requests. Thread-safe; signals run one at a
 * time in its own mailbox, so a slow subscriber holds up nobody else.
 */
public final class Reader implements Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final Flow.Subscriber<? super Delta> subscriber;
    private final Executor executor;
    private final CallerContext context = CallerContext.capture();
    private final Mailbox mailbox = Mailbox.ofAnyTasks();
    private final Transcript.ReadPosition position = new Transcript.ReadPosition();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicBoolean woken = new AtomicBoolean();

    /** Whether the subscriber gets no more signals. */
    private volatile boolean over;

    /** Null again once it has left or got everything, so that a kept reader keeps neither prompt nor answer. */
    private volatile @Nullable Subscription subscription;

    private volatile @Nullable LongConsumer sizeListener;

    /** Whether the answer is whole. Confined to the mailbox. */
    private boolean whole;

    /** Creates a reader without a subscription; the executor runs the subscriber's methods. */
    public Reader(Flow.Subscriber<? super Delta> subscriber, Executor executor) {
        this.subscriber = subscriber;
        this.executor = executor;
    }

    public CallerContext context() {
        return context;
    }

    /** Returns where its tasks run, in order. */
    public Mailbox mailbox() {
        return mailbox;
    }

    public Transcript.ReadPosition position() {
        return position;
    }

    /** Calls the subscriber's {@code onSubscribe} on this thread, which holds the mailbox until it is drained. */
    public void introduce() {
        mailbox.claim();
        subscriber.onSubscribe(this);
    }

    public boolean isOver() {
        return over;
    }

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

    /** Returns the future of its answer; empty before it has subscribed, and once it has left or got everything. */
    public Optional<CompletableFuture<Completion>> outcome() {
        return Optional.ofNullable(subscription).map(Subscription::future);
    }

    public void ended(@Nullable Completion completion, @Nullable Throwable failure) {
        if (completion != null) {
            whole = true;
            tell();
        } else if (failure != null) {
            fail(failure);
            subscription = null;
        }
    }

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

    /** Sends no more signals, and releases the answer, which others may still read. */
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
        subscription = null;
        if (left != null) {
            left.future().cancel(false);
        }
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            post(this::tell);
        }
    }

    private void post(Runnable task) {
        mailbox.add(task);
        mailbox.runOn(executor);
    }

    /** Schedules delivery once the lock is free. The lock must be held. */
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
                subscription = null;
                pass(subscriber::onComplete);
            }
        }
    }

    private Optional<? extends Delta> next() {
        Subscription reading = subscription;
        if (reading == null) {
            return Optional.empty();
        }
        Optional<? extends Delta> next = reading.flight().broadcast().next(position, whole);
        return next.isPresent() || !whole
                ? next
                : Optional.of(new Delta.End(reading.future().join()));
    }

    /** Sends a signal; a subscriber that throws gets no more. */
    private void pass(Runnable signal) {
        try {
            context.call(() -> {
                signal.run();
                return true;
            });
        } catch (Throwable e) {
            LOG.warn("A subscriber failed and gets no more pieces", e);
            cancel();
        }
    }
}
