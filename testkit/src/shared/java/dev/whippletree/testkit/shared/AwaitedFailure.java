package dev.whippletree.testkit.shared;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * Lets a wrong request return once the subscriber has been told so: the test kit of Reactive Streams looks for that
 * once, after a few milliseconds, however much patience it has.
 */
public final class AwaitedFailure<T> implements Flow.Subscriber<T> {

    private final Flow.Subscriber<? super T> receiver;
    private final CompletableFuture<Void> told = new CompletableFuture<>();

    private AwaitedFailure(Flow.Subscriber<? super T> receiver) {
        this.receiver = receiver;
    }

    /** Returns the same publisher, but for those requests. */
    public static <T> Flow.Publisher<T> of(Flow.Publisher<T> publisher) {
        return receiver -> publisher.subscribe(receiver == null ? null : new AwaitedFailure<>(receiver));
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        receiver.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                subscription.request(count);
                if (count <= 0) {
                    told.orTimeout(1, TimeUnit.MINUTES).join();
                }
            }

            @Override
            public void cancel() {
                subscription.cancel();
            }
        });
    }

    @Override
    public void onNext(T item) {
        receiver.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
        receiver.onError(failure);
        told.complete(null);
    }

    @Override
    public void onComplete() {
        receiver.onComplete();
    }
}
