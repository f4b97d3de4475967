package dev.whippletree.comparison.failover;

import java.util.function.Predicate;

/**
 * A rule of a scenario. Immutable.
 *
 * @param name what the table says where it is broken
 * @param required whether breaking it fails the scenario
 * @param ofFallback whether it only concerns contenders that have a fallback
 * @param rule what holds if it is kept
 */
record Check(String name, boolean required, boolean ofFallback, Predicate<FailoverRun> rule) {

    static Check required(String name, Predicate<FailoverRun> rule) {
        return new Check(name, true, false, rule);
    }

    static Check advisory(String name, Predicate<FailoverRun> rule) {
        return new Check(name, false, false, rule);
    }

    Check whereThereIsAFallback() {
        return new Check(name, required, true, rule);
    }

    boolean isBroken(FailoverRun run) {
        return (run.fallback() || !ofFallback) && !rule.test(run);
    }
}
