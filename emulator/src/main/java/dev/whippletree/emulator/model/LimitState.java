package dev.whippletree.emulator.model;

import java.util.Objects;
import java.util.Optional;

/**
 * How one limit of an organization stands. Immutable.
 *
 * @param limit which limit
 * @param organization whose
 * @param model of which model, where each has its own
 * @param used how much counts as used, 0 or more
 * @param resetNanos nanoseconds until nothing counts as used any more; for a bucket until it is full, which is no wait
 */
public record LimitState(ServiceLimit limit, String organization, Optional<String> model, long used, long resetNanos) {

    /** Checks that nothing is null. */
    public LimitState {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(model, "model");
    }

    /** Returns how much is left, 0 or more. */
    public long remaining() {
        return Math.max(0, limit.limit().amount() - used);
    }
}
