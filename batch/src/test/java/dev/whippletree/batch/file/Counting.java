package dev.whippletree.batch.file;

import dev.whippletree.batch.BatchResult;
import java.util.concurrent.Flow;

/** Wants all results and keeps none. */
final class Counting implements Flow.Subscriber<BatchResult> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(BatchResult result) {}

    @Override
    public void onError(Throwable failure) {
        failure.printStackTrace();
    }

    @Override
    public void onComplete() {}
}
