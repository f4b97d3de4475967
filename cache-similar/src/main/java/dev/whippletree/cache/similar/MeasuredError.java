package dev.whippletree.cache.similar;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * How often served answers were wrong, as far as audits tell. Immutable.
 *
 * @param requests all requests in the window
 * @param hits those that were served
 * @param audits those that could have been served and were checked instead
 * @param wrong audits whose stored answer would have been wrong
 * @param calledWrong hits that a caller said were wrong
 */
record MeasuredError(int requests, int hits, int audits, int wrong, int calledWrong) {

    /** Half of what lies outside an interval of 95 %. */
    private static final double TAIL = 0.025;

    MeasuredError {
        if (wrong < 0 || audits < wrong || calledWrong < 0 || hits < calledWrong || requests < hits) {
            throw new IllegalArgumentException("such numbers can't be: " + requests + ", " + hits + ", " + audits + ", "
                    + wrong + ", " + calledWrong);
        }
    }

    /** Returns the share of hits that were wrong, 0 to 1; not a number while there was no audit. */
    double perHit() {
        return audits == 0 ? Double.NaN : (double) wrong / audits;
    }

    /**
     * Returns the lower end of the interval that holds the true share of wrong hits in 95 of 100 cases (Clopper and
     * Pearson, 1934).
     */
    double perHitAtLeast() {
        return atLeast(wrong, audits);
    }

    /** Returns that interval's upper end. */
    double perHitAtMost() {
        return wrong == audits
                ? 1
                : BetaDistribution.of(wrong + 1.0, audits - wrong).inverseSurvivalProbability(TAIL);
    }

    /** Returns the share of requests that were hits, 0 to 1. */
    double hitRate() {
        return requests == 0 ? 0 : (double) hits / requests;
    }

    /** Returns the share of requests that were served a wrong answer; not a number while there was no audit. */
    double perRequest() {
        return perHit() * hitRate();
    }

    /** Returns whether it is as good as certain that more requests than that share were served a wrong answer. */
    boolean isAbove(double share) {
        return perHitAtLeast() * hitRate() > share || atLeast(calledWrong, requests) > share;
    }

    private static double atLeast(int wrong, int all) {
        return wrong == 0 ? 0 : BetaDistribution.of(wrong, all - wrong + 1.0).inverseCumulativeProbability(TAIL);
    }
}
