package dev.whippletree.limits.learning;

/**
 * How many refusals it costs to find that a bound is too high, and so how seldom that may be tried. Confined.
 *
 * <p>Where calls are many, several are under way when the first is refused, and are refused too. What the last tests cost is
 * therefore what the next is taken to cost, and it comes so much later that the loss stays about the same.
 */
final class Cost {

    /** What is more was refused while the bound was being searched for, not tested. */
    private static final int MOST = 32;

    private final double callsPerRefusal;
    private double before = 1;
    private int refusals;

    /**
     * Creates one.
     *
     * @param callsPerRefusal how many calls are to get in for each refusal, 1 or more
     */
    Cost(double callsPerRefusal) {
        this.callsPerRefusal = callsPerRefusal;
    }

    /** A test begins with its first refusal. */
    void begin() {
        before = Math.max(before / 2, Math.min(refusals, MOST));
        refusals = 1;
    }

    /** The same test was refused once more. */
    void refused() {
        refusals++;
    }

    /** Returns how many calls are to get in before the bound is tested again. */
    double callsToNextTest() {
        return callsPerRefusal * Math.max(1, Math.max(before / 2, Math.min(refusals, MOST)));
    }
}
