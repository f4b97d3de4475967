package dev.whippletree.emulator.matrix;

import java.util.List;
import java.util.function.LongUnaryOperator;

/** Sums up what was used within a span. Confined to one thread. */
final class Used {

    private final Span span;
    private final LongUnaryOperator countedAs;
    private double calls;
    private double tokens;

    /**
     * Creates a sum of which nothing is used.
     *
     * @param countedAs says, of when a use is, as when it counts
     */
    Used(Span span, LongUnaryOperator countedAs) {
        this.span = span;
        this.countedAs = countedAs;
    }

    /** Counts calls that were admitted, and returns itself. */
    Used with(List<Clairvoyant.Admitted> admitted) {
        admitted.forEach(each -> add(each.atNanos(), each.call().tokens()));
        return this;
    }

    /** Counts a call that the service admitted. */
    void add(long atNanos, long ofTokens) {
        double weight = span.weight(countedAs.applyAsLong(atNanos));
        calls += weight;
        tokens += weight * ofTokens;
    }

    /**
     * Returns this as a share of what somebody else used. Of two limits the one counts of which more was used: if one
     * is used up, nothing is left to gain.
     */
    double shareOf(Used other, Cell.Unit unit) {
        double ofCalls = unit.requests() ? calls / other.calls : 0;
        double ofTokens = unit.tokens() ? tokens / other.tokens : 0;
        return Math.max(ofCalls, ofTokens);
    }
}
