package dev.whippletree.limits.learning;

/** What share of the calls that began since a moment was refused. Confined. */
final class RefusalShare {

    private static final double LARGEST = 0.8;

    private final long from;
    private double calls;
    private double refusals;

    RefusalShare(long from) {
        this.from = from;
    }

    /** Counts a call, if it began since then. */
    void count(long begun, boolean refused) {
        if (begun >= from) {
            calls++;
            refusals += refused ? 1 : 0;
        }
    }

    /** Forgets half of them, so that what comes counts for more. */
    void halve() {
        calls /= 2;
        refusals /= 2;
    }

    long from() {
        return from;
    }

    double calls() {
        return calls;
    }

    double refusals() {
        return refusals;
    }

    double admitted() {
        return calls - refusals;
    }

    /** Returns the share that was refused, 0.8 at most; not a number if there were no calls. */
    double share() {
        return Math.min(LARGEST, refusals / calls);
    }

    /**
     * Returns the log-likelihood ratio of two shares (Wald, "Sequential
     * Tests of Statistical Hypotheses", 1945).
     *
     * @param one above 0 and below 1
     * @param other above 0 and below 1
     */
    double evidence(double one, double other) {
        return refusals * Math.log(one / other) + admitted() * Math.log((1 - one) / (1 - other));
    }
}
