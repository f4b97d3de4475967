package dev.whippletree.emulator.model;

import java.util.Optional;

/**
 * The state of one limit of an organization. Immutable.
 *
 * @param limit the limit
 * @param organization the organization
 * @param model the model, if each has its own limit
 * @param used the amount that counts as used, 0 or more
 * @param resetNanos nanoseconds until nothing counts as used any more; for a bucket, until it is full, which isn't a
 *     wait
 */
public record LimitState(ServiceLimit limit, String organization, Optional<String> model, long used, long resetNanos) {

    public long remaining() {
        return Math.max(0, limit.limit().amount() - used);
    }
}
