package dev.whippletree.emulator.matrix;

import java.util.List;

/** Sums up what was used within a span. Confined to one thread. */
final class Used {

    private final Span span;
    private double calls;
    private double tokens;

    Used(Span span) {
        this.span = span;
    }

    /** Returns the sum of what was let in. */
    static Used of(Span span, List<Clairvoyant.LetIn> letIn) {
        Used used = new Used(span);
        letIn.forEach(each -> used.add(each.atNanos(), each.call().tokens()));
        return used;
    }

    /** Counts a call that the service let in. */
    void add(long atNanos, long ofTokens) {
        double weight = span.weight(atNanos);
        calls += weight;
        tokens += weight * ofTokens;
    }

    /**
     * Returns this as a share of what somebody else used. Of two limits the one counts of which more was used: if one is used up,
     * nothing is left to gain.
     */
    double shareOf(Used other, Cell.Unit unit) {
        double ofCalls = unit.requests() ? calls / other.calls : 0;
        double ofTokens = unit.tokens() ? tokens / other.tokens : 0;
        return Math.max(ofCalls, ofTokens);
    }
}
