package dev.whippletree.engine;

import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Priority;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How often a batch flight goes before interactive ones that wait: for a share of the starts. Guarded by the engine's lock.
 *
 * <p>Each interactive lane has a credit of at most one batch flight, which grows by the share with each start on a target that could have
 * taken any of its flights. A batch flight goes first when the credit is whole in each interactive lane that it could get in the
 * way of, and uses it up. So between an interactive flight's arrival and its start no more than the share of the starts that it could have had, and one,
 * are batch flights.
 */
final class BatchShare {

    private static final int MOST_KEPT = 1_000;

    /** One, but for what is lost in sums. */
    private static final double WHOLE = 1 - 1e-9;

    private final double share;
    private final Map<TargetOptions.Key, Double> credits = new HashMap<>();

    /** Creates one; the share is 0 to 1. */
    BatchShare(double share) {
        this.share = share;
    }

    /** Returns how many batch flights go for each interactive one while both wait. */
    double perInteractive() {
        return share / (1 - share);
    }

    /** Returns whether a lane's batch flight goes before interactive ones. */
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
        return credits.getOrDefault(lane.key().options(), 0.0);
    }

    /** A batch flight went before interactive ones. */
    void used(Lane batch, Collection<Lane> lanes) {
        for (Lane lane : lanes) {
            if (lane.priority() == Priority.INTERACTIVE && lane.meets(batch)) {
                credits.merge(lane.key().options(), -1.0, Double::sum);
            }
        }
    }

    /** A flight is about to start on a target, while batch flights wait. */
    void starting(Target target, Collection<Lane> lanes, long now) {
        for (Lane lane : lanes) {
            if (lane.priority() == Priority.INTERACTIVE
                    && lane.isEligible(target)
                    && target.waitNanos(lane.largest(), now) == Waits.NONE) {
                credits.put(lane.key().options(), Math.min(1, creditOf(lane) + share));
            }
        }
        if (credits.size() > MOST_KEPT + lanes.size()) {
            credits.clear();
        }
    }
}
