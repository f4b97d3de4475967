package dev.whippletree.limits.learning;

/**
 * A bound that is searched for: cut when it is refused, it grows quickly back to near where it was refused, slowly
 * around that, more quickly a little beyond, and from there by a tenth at a time. Confined.
 *
 * <p>This is the window growth of CUBIC TCP (Ha, Rhee, Xu, 2008; RFC 9438), counted in admitted calls instead of time,
 * so that the share of calls that tests cost doesn't depend on how many there are in a second, and without CUBIC's ever
 * faster growth far beyond, which would overshoot before a long window shows that it is used up. Cut by a tenth instead
 * of CUBIC's three, since what is lost by a bound that is too low counts for more here than how soon several clients
 * share one fairly.
 *
 * <p>Where calls are many, several are under way when the first is refused, and are refused too. So the next test is
 * taken to cost what the last did, and comes so much later that the loss stays the same.
 */
final class CubicProbe {

    private static final double CUT = 0.1;

    /** More refusals than this were no test, but the search for the bound. */
    private static final int MOST_REFUSALS = 32;

    private final double callsPerRefusal;
    private double ceiling = 1;
    private double stepsToCeiling = 1;
    private double stepsBeyond = 1;
    private long steps;
    private double refusalsBefore = 1;
    private int refusals;

    /**
     * Creates one.
     *
     * @param callsPerRefusal admitted calls for each call lost to a test, 1 or more
     */
    CubicProbe(double callsPerRefusal) {
        this.callsPerRefusal = callsPerRefusal;
    }

    void refused() {
        refusalsBefore = Math.max(refusalsBefore / 2, Math.min(refusals, MOST_REFUSALS));
        refusals = 1;
    }

    void refusedAgain() {
        refusals++;
    }

    /** Returns how many calls are to be admitted before the bound is tested again. */
    double callsToNextTest() {
        return callsPerRefusal * Math.max(1, Math.max(refusalsBefore / 2, Math.min(refusals, MOST_REFUSALS)));
    }

    /**
     * Starts below a ceiling.
     *
     * @param newCeiling where the bound was refused, positive
     * @param toCeiling after how many steps it is there again, 1 or more; after twice as many it is as far above as it
     *     started below
     * @param beyond after how many steps it grows by another tenth once it is a tenth above the ceiling, 1 or more
     */
    void restart(double newCeiling, double toCeiling, double beyond) {
        ceiling = newCeiling;
        stepsToCeiling = toCeiling;
        stepsBeyond = beyond;
        steps = 0;
    }

    double ceiling() {
        return ceiling;
    }

    double value() {
        double beyond = steps / stepsToCeiling - 1;
        return beyond <= 1
                ? ceiling * (1 + CUT * beyond * beyond * beyond)
                : ceiling * Math.pow(1 + CUT, 1 + (beyond - 1) * stepsToCeiling / stepsBeyond);
    }

    void step() {
        steps++;
    }
}
