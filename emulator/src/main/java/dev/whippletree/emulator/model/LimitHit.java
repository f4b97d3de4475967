package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/**
 * The limit that refused a request. Immutable.
 *
 * @param state the limit's state
 * @param requested the amount the request would have used
 * @param waitNanos nanoseconds until that much fits, if nothing else is used meanwhile
 */
public record LimitHit(LimitState state, long requested, long waitNanos) {

    public Limit limit() {
        return state.limit().limit();
    }

    /** Returns whether the request is larger than the limit, so that no wait helps. */
    public boolean neverFits() {
        return requested > limit().amount();
    }
}
