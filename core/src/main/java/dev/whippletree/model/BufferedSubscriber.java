package dev.whippletree.model;

import java.util.concurrent.Flow;

/** A subscriber of a stream that also hears how much of the answer is kept in memory while it requests nothing. */
public interface BufferedSubscriber extends Flow.Subscriber<Delta> {

    /**
     * The answer has grown while the subscriber requested nothing. Called between the other signals, and not again until the
     * answer has grown by 4,096 characters.
     *
     * @param characters how long the answer is so far; all of it is kept until the stream ends
     */
    void onBuffered(long characters);
}
