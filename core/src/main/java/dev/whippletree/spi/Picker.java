package dev.whippletree.spi;

import java.util.List;

/**
 * Chooses a target for each attempt of one tier. Confined: called by one thread at a time, under the engine's lock, so
 * it does no I/O, never blocks and returns within microseconds. If it throws or its answer is out of range, the target
 * whose account has had the fewest calls for its weight is taken.
 */
@FunctionalInterface
public interface Picker {

    /**
     * Chooses a target.
     *
     * @param ready the targets that may take the attempt now, at least one, always in configured order
     * @param nowNanos the engine's time
     * @return an index into {@code ready}
     */
    int pick(List<TargetView> ready, long nowNanos);

    /**
     * Learns how an attempt ended.
     *
     * @param target the id of the target it was made on
     * @param outcome how it ended
     * @param latencyNanos from sending to its end
     * @param nowNanos the engine's time
     */
    default void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {}

    /** How an attempt ended. */
    enum Outcome {
        /** With an answer. */
        ANSWERED,
        /** With a failure of the target's. */
        FAILED,
        /** The service refused the prompt for its content, which says nothing about the target. */
        REFUSED,
        /** No caller wanted the answer any more. */
        CANCELLED
    }
}
