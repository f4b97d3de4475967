package dev.whippletree.quota;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds how many calls may be under way at once where nobody tells. Arithmetic only: it is told what happened.
 *
 * <p>It starts with four and allows one more for each call let in, so that the number doubles with each round. What is refused is put
 * down to a rate as long as none is known (see {@link RateSearch}), and afterwards to the number only if a call is refused that was
 * begun with more under way than any of many that got in: at an even pace that doesn't happen by chance. From then on the number
 * is searched around that ceiling as {@link CubicGrowth} describes. If fewer are soon refused as well, it was the rate after all, and
 * the ceiling is forgotten.
 */
public final class ConcurrencySearch {

    private static final int FIRST = 4;

    /** One test loses about a quarter of a percent, beside the half that the search for a rate may cost. */
    private static final double CALLS_PER_REFUSAL = 400;

    /** That the last of so many calls has most under way by chance happens once in fifty times. */
    private static final int TELLING_CALLS = 50;

    private static final long NEVER = Long.MAX_VALUE;

    private final int most;
    private final Cost cost = new Cost(CALLS_PER_REFUSAL);
    private int ramp;
    private @Nullable CubicGrowth growth;
    private @Nullable CubicGrowth growthBefore;

    /** When a call was first begun with so many under way since the last refusal. */
    private final long[] firstBegunAt;

    private int begunSince;
    private long refusedAt = Long.MIN_VALUE;
    private boolean crowded;

    /**
     * Creates one that knows nothing.
     *
     * @param most never more than this, 1 or more
     */
    public ConcurrencySearch(int most) {
        this.most = most;
        this.ramp = Math.min(FIRST, most);
        this.firstBegunAt = new long[most + 1];
        Arrays.fill(firstBegunAt, NEVER);
    }

    /** Returns how many may be under way, 1 or more. */
    public int allowed() {
        return growth == null ? ramp : (int) Math.max(1, Math.min(most, Math.round(growth.value())));
    }

    /**
     * A call begins.
     *
     * @param underWay how many are under way then, itself included, 1 or more
     */
    public void begun(int underWay, long now) {
        int number = Math.min(most, underWay);
        firstBegunAt[number] = Math.min(firstBegunAt[number], now);
        begunSince++;
    }

    /**
     * A call was let in.
     *
     * @param underWay how many were under way when it began, itself included
     * @param begun when that was
     */
    public void letIn(int underWay, long begun) {
        if (begun < refusedAt) {
            return;
        }
        ramp = Math.min(most, ramp + 1);
        if (growth != null && underWay >= allowed()) {
            growth.step();
        }
    }

    /** A call was refused while no rate was known. Few at once find it at less cost. */
    public void startAnew() {
        ramp = Math.max(1, Math.min(FIRST, ramp / 2));
    }

    /**
     * A call was refused that kept the pace of a known rate.
     *
     * @return whether that is put down to how many were under way
     */
    public boolean refused(int underWay, long begun, long now) {
        if (begun < refusedAt) {
            if (crowded) {
                cost.refused();
                lowerTo(underWay - 1);
            }
            return crowded;
        }
        boolean more = underWay > mostBegunBy(begun - (now - begun));
        boolean telling = begunSince >= TELLING_CALLS;
        if (crowded && !telling && !more) {
            growth = growthBefore;
        }
        crowded = telling && more;
        if (crowded) {
            cost.begin();
            growthBefore = growth;
            growth = new CubicGrowth(underWay - 1, cost.callsToNextTest());
        }
        refusedAt = now;
        begunSince = 0;
        Arrays.fill(firstBegunAt, NEVER);
        return crowded;
    }

    /** Returns the most under way with which a call was begun by a moment: one that was out for so long hasn't been refused. */
    private int mostBegunBy(long moment) {
        int number = most;
        while (number > 0 && firstBegunAt[number] > moment) {
            number--;
        }
        return number;
    }

    private void lowerTo(int ceiling) {
        if (growth != null && ceiling >= 1) {
            growth = new CubicGrowth(Math.min(growth.ceiling(), ceiling), cost.callsToNextTest());
        }
    }
}
