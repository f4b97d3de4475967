package dev.whippletree.engine.scope;

import java.util.Optional;

/**
 * What follows from a call that a limit refused. Immutable.
 *
 * @param untilNanos when the scope may be asked again, perhaps no later than was known; now if the refusal is taken for
 *     chance
 * @param halfOpen whether one call alone is to find out then if the scope admits calls again
 * @param doubtsTransit whether requests must have been under way for longer than is assumed
 * @param rate what the refusal says of the rate of calls
 * @param refusedAfter if a declared limit seems too high, and that is news: how much of it was used, as in "62 of 100
 *     requests / 10s"
 */
public record LimitRefusal(
        long untilNanos, boolean halfOpen, boolean doubtsTransit, RateEffect rate, Optional<String> refusedAfter) {

    /** What a refusal says of the rate of calls. */
    public enum RateEffect {
        /** Nothing: something else explains it. */
        UNTOUCHED,
        /** The call kept the rate that was found. */
        KEPT,
        /** The call exceeded a rate that isn't known yet: few calls at once find it at less cost. */
        UNKNOWN
    }
}
