package dev.whippletree.limits.learning;

/**
 * How a bound that is searched for grows between two refusals: quickly back to near where it was refused, slowly around that, more
 * quickly a little beyond, and from there by a tenth at a time. Confined.
 *
 * <p>This is the window growth of CUBIC TCP (Ha, Rhee, Xu, 2008; RFC 9438), counted in steps, which are calls that got in, instead
 * of in time, and without CUBIC's ever faster growth far beyond, which would overshoot before a long window shows that it is used up.
 * Thus the share of calls that tests of the bound cost doesn't depend on how many there are in a second. Cut by a tenth
 * instead of by CUBIC's three, since what is lost by a bound that is too low counts for more here than how soon several clients
 * share one fairly.
 */
final class CubicGrowth {

    /** The share by which a refusal cuts the bound. */
    private static final double CUT = 0.1;

    private final double stepsToCeiling;
    private final double ceiling;
    private final double stepsBeyond;
    private long steps;

    /**
     * Starts below a ceiling.
     *
     * @param ceiling where the bound was refused, positive
     * @param stepsToCeiling after how many steps it is there again, 1 or more; after twice as many it is as far above it as it
     *     started below
     */
    CubicGrowth(double ceiling, double stepsToCeiling) {
        this(ceiling, stepsToCeiling, stepsToCeiling);
    }

    /**
     * Starts below a ceiling.
     *
     * @param stepsBeyond after how many steps it grows by another tenth once it is a tenth above the ceiling, 1 or more: it was too
     *     low then
     */
    CubicGrowth(double ceiling, double stepsToCeiling, double stepsBeyond) {
        this.ceiling = ceiling;
        this.stepsToCeiling = stepsToCeiling;
        this.stepsBeyond = stepsBeyond;
    }

    double ceiling() {
        return ceiling;
    }

    double stepsToCeiling() {
        return stepsToCeiling;
    }

    /** Returns the bound. */
    double value() {
        double beyond = steps / stepsToCeiling - 1;
        return beyond <= 1
                ? ceiling * (1 + CUT * beyond * beyond * beyond)
                : ceiling * Math.pow(1 + CUT, 1 + (beyond - 1) * stepsToCeiling / stepsBeyond);
    }

    /** A call that tested the bound got in. */
    void step() {
        steps++;
    }
}
