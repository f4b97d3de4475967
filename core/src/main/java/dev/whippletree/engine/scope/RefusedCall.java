package dev.whippletree.engine.scope;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A call that was refused just now.
 *
 * @param use what it used of the scope that refused it
 * @param others when the others under way began
 * @param retryAfter the service's Retry-After, if any
 * @param jitter 0 to 1, by which pauses of our own differ
 * @param usedUp the limit of which less was left than it asked for, if the service said so
 * @param foundRoom whether it began only because that limit seemed to have room for it
 * @param crowded whether how many calls were under way would explain the refusal
 */
record RefusedCall(
        ScopeUse use,
        long[] others,
        OptionalLong retryAfter,
        double jitter,
        Optional<LimitCounter> usedUp,
        boolean foundRoom,
        boolean crowded,
        long now) {

    long begun() {
        return use.beganNanos();
    }

    long tookNanos() {
        return now - begun();
    }
}
