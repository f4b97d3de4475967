package dev.whippletree.limits.learning;

/**
 * Finds how many concurrent calls a service allows without saying so. Arithmetic only, on the outcomes of calls.
 *
 * <p>It starts with four and adds one for each admitted call, so the number doubles with each round. Refusals are
 * attributed to a rate until one is known (see {@link AdaptiveRate}); after that to the number, if the refused calls
 * began with more calls in flight than nearly all admitted ones, which at an even pace doesn't happen by chance. From
 * then on it searches around that number as {@link CubicProbe} does. If calls with fewer in flight are refused as well,
 * the cause was the rate after all, and the number is dropped.
 *
 * <p>The probability of chance is the share of the latest admitted calls that had as many in flight as the refused one.
 * One refusal that chance explains once in fifty times is enough. Weaker ones are combined: the product of 1 / (2
 * √share) exceeds fifty by chance at most once in fifty times, however often it is checked (Vovk and Wang, "E-values",
 * Annals of Statistics 2021).
 */
public final class ConcurrencyLimit {

    private static final int FIRST = 4;

    /** The number is tested so seldom that one call in 400 is refused. */
    private static final double CALLS_PER_REFUSAL = 400;

    /** What happens by chance only once in so many times isn't taken for chance. */
    private static final int CERTAINTY = 50;

    /** If more than this share of admitted calls had as many under way, the refusal isn't due to the number. */
    private static final double SUSPICIOUS = 0.2;

    /** Admitted calls by which a refused one is judged. */
    private static final int LATEST = 128;

    private int most;
    private final CubicProbe probe = new CubicProbe(CALLS_PER_REFUSAL);
    private int ramp;

    /** Whether a number was refused: then the probe holds it. */
    private boolean found;

    /** How many were under way when each of the latest admitted calls began: a ring. */
    private final int[] latest = new int[LATEST];

    /** Where the next one goes in the ring. */
    private int next;

    /** How many of the ring are known. */
    private int known;

    /** The evidence against chance so far, an e-value; 1: none. */
    private double evidence = 1;

    private long refusedAt = Long.MIN_VALUE;
    private boolean crowded;

    /** Creates one that knows nothing, and never allows more than this, 1 or more. */
    public ConcurrencyLimit(int most) {
        this.most = most;
        this.ramp = Math.min(FIRST, most);
    }

    /** Sets another bound, 1 or more; what was found stays known. */
    public void limitTo(int most) {
        this.most = most;
        this.ramp = Math.min(ramp, most);
    }

    /** Returns how many may be under way, 1 or more. */
    public int allowed() {
        return found ? (int) Math.max(1, Math.min(most, Math.round(probe.value()))) : ramp;
    }

    /** Returns whether each admitted call allows one more. */
    public boolean isGrowing() {
        return !found;
    }

    /** A call was admitted that began at a moment with so many under way, itself included. */
    public void admitted(int underWay, long begun) {
        latest[next] = underWay;
        next = (next + 1) % LATEST;
        known = Math.min(LATEST, known + 1);
        if (begun < refusedAt) {
            return;
        }
        ramp = Math.min(most, ramp + 1);
        if (found && underWay >= allowed()) {
            probe.step();
        }
    }

    /** A call was refused while no rate was known. Few at once find it at less cost. */
    public void startAnew() {
        ramp = Math.max(1, Math.min(FIRST, ramp / 2));
    }

    /**
     * Returns whether a refusal of a call that kept the pace of a known rate would be put down to how many were under
     * way.
     */
    public boolean explains(int underWay, long begun) {
        if (begun < refusedAt) {
            return crowded;
        }
        double share = shareWithAsMany(underWay);
        return share <= 1.0 / CERTAINTY || (share <= SUSPICIOUS && evidenceWith(share) >= CERTAINTY);
    }

    /** A call was refused that kept the pace of a known rate. */
    public void refused(int underWay, long begun, long now) {
        if (begun < refusedAt) {
            if (crowded) {
                refusedAgain(underWay);
            }
            return;
        }
        crowded = explains(underWay, begun);
        refusedAt = now;
        evidence = evidenceWith(shareWithAsMany(underWay));
        found = crowded || (found && evidence > 1);
        if (crowded) {
            probe.refused();
            search(Math.max(1, underWay - 1));
        }
    }

    /** A call that was alone says nothing of a lower number. */
    private void refusedAgain(int underWay) {
        probe.refusedAgain();
        if (underWay > 1) {
            search(Math.min(probe.ceiling(), underWay - 1));
        }
    }

    private double evidenceWith(double share) {
        return Math.min(CERTAINTY * CERTAINTY, Math.max(1, evidence / (2 * Math.sqrt(share))));
    }

    /** Returns the share of those admitted that had as many under way, the refused one counted with them. */
    private double shareWithAsMany(int underWay) {
        int asMany = 1;
        for (int index = 0; index < known; index++) {
            asMany += latest[index] >= underWay ? 1 : 0;
        }
        return (double) asMany / (known + 1);
    }

    private void search(double ceiling) {
        double calls = probe.callsToNextTest();
        probe.restart(ceiling, calls, calls);
    }
}
