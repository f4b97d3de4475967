package dev.whippletree.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription to a run: tells its results to the subscriber, no faster than the subscriber requests them. Requests
 * and cancellation are thread-safe, the rest is confined to the run.
 *
 * <p>A subscriber that throws counts as cancelled, as rule 2.13 of the Reactive Streams says: it gets no further
 * signal, and {@link #failure} has what it threw.
 */
final class Delivery implements Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** Null before it is subscribed, and once it gets no further signal. */
    private volatile Flow.@Nullable Subscriber<? super BatchResult> subscriber;

    private final BatchRun run;
    private final AtomicLong demand = new AtomicLong();
    private final Deque<BatchResult> undelivered = new ArrayDeque<>();
    private volatile @Nullable Throwable failure;

    Delivery(BatchRun run) {
        this.run = run;
    }

    void begin(Flow.Subscriber<? super BatchResult> receiver) {
        subscriber = receiver;
        try {
            receiver.onSubscribe(this);
        } catch (Throwable e) {
            threw(e);
        }
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            failure = new IllegalArgumentException("a subscriber must request 1 result or more, not " + count);
        } else {
            demand.accumulateAndGet(count, (one, more) -> Math.addExact(Math.min(one, Long.MAX_VALUE - more), more));
        }
        run.wake();
    }

    @Override
    public void cancel() {
        subscriber = null;
        run.abort();
    }

    void add(BatchResult result) {
        undelivered.add(result);
    }

    /** Tells as many results as were requested. */
    void tell() {
        while (failure == null && !undelivered.isEmpty() && demand.get() > 0) {
            Flow.Subscriber<? super BatchResult> receiver = subscriber;
            if (receiver == null) {
                return;
            }
            demand.decrementAndGet();
            try {
                receiver.onNext(undelivered.remove());
            } catch (Throwable e) {
                threw(e);
            }
        }
    }

    private void threw(Throwable wrong) {
        subscriber = null;
        failure = wrong;
    }

    /** Returns how many results the subscriber has yet to request. */
    int undelivered() {
        return subscriber == null ? 0 : undelivered.size();
    }

    /** Returns why the run has to end, if the subscriber broke the rules; null: it didn't. */
    @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Tells that the run has ended.
     *
     * @param wrong why it failed; null: it didn't
     */
    void end(@Nullable Throwable wrong) {
        Flow.Subscriber<? super BatchResult> receiver = subscriber;
        if (receiver == null) {
            return;
        }
        subscriber = null;
        try {
            if (wrong == null) {
                receiver.onComplete();
            } else {
                receiver.onError(wrong);
            }
        } catch (Throwable e) {
            LOG.warn("The subscriber of a batch failed when it was told of the end", e);
        }
    }

    /** Tells a subscriber that comes too late so. */
    static void refuse(Flow.Subscriber<? super BatchResult> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(new IllegalStateException("a run of a batch can have only one subscriber"));
    }
}
