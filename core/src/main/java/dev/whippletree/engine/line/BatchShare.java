package dev.whippletree.engine.line;

import dev.whippletree.model.Priority;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Decides when a batch ticket goes before waiting interactive ones: for a share of the starts. Guarded by the engine's
 * lock.
 *
 * <p>Each interactive lane has a credit of at most one batch ticket, which grows by the share with each start on a
 * target that could have taken any of its tickets. A batch ticket goes first when the credit is whole in each
 * interactive lane that it could get in the way of, and uses it up. So between an interactive ticket's arrival and its
 * start no more than the share of the starts that it could have had, and one, are batch tickets.
 */
final class BatchShare {

    private static final double LEAST = 0.001;
    private static final int MOST_KEPT = 1_000;

    /** One, less what sums lose by rounding. */
    private static final double WHOLE = 1 - 1e-9;

    private final double share;
    private final Map<Object, Double> credits = new HashMap<>();

    /** Creates one with a share of 0 to 1. */
    BatchShare(double share) {
        this.share = share;
    }

    /** Returns how many batch tickets go for each interactive one while both wait. */
    double perInteractive() {
        return share / (1 - share);
    }

    /** Returns which part of another turn's weight a batch turn has. It isn't zero, or weights would be. */
    double ofTurns() {
        return Math.max(LEAST, share);
    }

    boolean isDue(Lane batch, Collection<Lane> lanes) {
        boolean due = false;
        for (Lane lane : lanes) {
            if (lane.priority() == Priority.INTERACTIVE && lane.meets(batch)) {
                if (creditOf(lane) < WHOLE) {
                    return false;
                }
                due = true;
            }
        }
        return due;
    }

    private double creditOf(Lane lane) {
        return credits.getOrDefault(lane.key().eligibility(), 0.0);
    }

    void used(Lane batch, Collection<Lane> lanes) {
        for (Lane lane : lanes) {
            if (lane.priority() == Priority.INTERACTIVE && lane.meets(batch)) {
                credits.merge(lane.key().eligibility(), -1.0, Double::sum);
            }
        }
    }

    /** Notes a start while batch tickets wait, in whose place any ticket of some lanes could have started. */
    void starting(Predicate<Lane> couldStart, Collection<Lane> lanes) {
        for (Lane lane : lanes) {
            if (lane.priority() == Priority.INTERACTIVE && couldStart.test(lane)) {
                credits.put(lane.key().eligibility(), Math.min(1, creditOf(lane) + share));
            }
        }
        if (credits.size() > MOST_KEPT + lanes.size()) {
            credits.clear();
        }
    }
}
