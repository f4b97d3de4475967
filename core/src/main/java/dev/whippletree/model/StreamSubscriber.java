package dev.whippletree.model;

import java.util.concurrent.Flow;

/**
 * A subscriber that also learns how much of the answer is waiting for it, so that it can cancel before that takes too
 * much memory.
 */
public interface StreamSubscriber extends Flow.Subscriber<Delta> {

    /**
     * More of the answer has arrived from the service. The whole answer stays in memory until the prompt has ended and
     * each subscriber has received the last piece or has cancelled. Called on the thread that reads from the service,
     * at any time between the other signals and while they run; must not block. May cancel.
     *
     * @param characters how much has arrived in all; reported at least for every 4,096 more
     */
    void onArrived(long characters);
}
