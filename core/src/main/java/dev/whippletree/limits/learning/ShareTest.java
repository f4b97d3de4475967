package dev.whippletree.limits.learning;

/**
 * Decides whether calls are refused by chance or only what a limit leaves, by the calls that began since a moment: until one share
 * explains them a hundred times as well as the other (Wald, "Sequential Tests of Statistical Hypotheses", 1945).
 */
final class ShareTest {

    private static final double CERTAIN = Math.log(100);

    private final double byChance;
    private final double ofRefusal;
    private final double ofLetIn;
    private final RefusalShare share;

    /**
     * Begins a test.
     *
     * @param byChance the share that chance would refuse, below 1
     * @param byLimit the share that a limit would, above 0 and below the other
     * @param from when the first call that counts may have begun
     */
    ShareTest(double byChance, double byLimit, long from) {
        this.byChance = byChance;
        this.ofRefusal = Math.log(byChance / byLimit);
        this.ofLetIn = Math.log((1 - byChance) / (1 - byLimit));
        this.share = new RefusalShare(from);
    }

    void refused(long begun) {
        share.count(begun, true);
    }

    void letIn(long begun) {
        share.count(begun, false);
    }

    boolean isChance() {
        return evidence() >= CERTAIN;
    }

    boolean isLimit() {
        return evidence() <= -CERTAIN;
    }

    private double evidence() {
        return share.refusals() * ofRefusal + share.letIn() * ofLetIn;
    }

    double byChance() {
        return byChance;
    }

    /** Returns what share was refused meanwhile. */
    RefusalShare share() {
        return share;
    }
}
