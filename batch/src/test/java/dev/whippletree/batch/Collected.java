package dev.whippletree.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects what a run tells. */
public final class Collected implements Flow.Subscriber<BatchResult> {

    private final List<BatchResult> results = new ArrayList<>();
    private final long first;
    private Flow.@Nullable Subscription subscription;
    private @Nullable Throwable failure;
    private boolean completed;

    /** Wants all. */
    public Collected() {
        this(Long.MAX_VALUE);
    }

    /** Wants so many for now. */
    public Collected(long first) {
        this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (first > 0) {
            subscription.request(first);
        }
    }

    @Override
    public void onNext(BatchResult result) {
        results.add(result);
    }

    @Override
    public void onError(Throwable failure) {
        this.failure = failure;
    }

    @Override
    public void onComplete() {
        completed = true;
    }

    public Flow.Subscription subscription() {
        return Objects.requireNonNull(subscription, "nobody subscribed");
    }

    public List<BatchResult> results() {
        return results;
    }

    public List<String> ids() {
        return results.stream().map(BatchResult::id).toList();
    }

    public @Nullable Throwable failure() {
        return failure;
    }

    public boolean completed() {
        return completed;
    }
}
