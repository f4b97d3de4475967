package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks the target with the least load of all. A second metric decides between equally loaded targets, and so on.
 * Targets that are equal by all metrics take turns by weight, so that ties don't always go to the first.
 */
final class LeastLoaded implements Picker {

    private final List<LoadMetric> metrics;
    private final Turns turns;

    /**
     * Creates a picker.
     *
     * @param turns decides between targets that are equal by all metrics
     * @param metrics the metrics, the most important first
     */
    LeastLoaded(Turns turns, LoadMetric... metrics) {
        this.turns = turns;
        this.metrics = List.of(metrics);
    }

    @Override
    public int pick(List<TargetView> ready, long nowNanos) {
        List<TargetView> alike = ready;
        for (LoadMetric metric : metrics) {
            alike = least(alike, metric, nowNanos);
        }
        return ready.indexOf(alike.get(turns.pick(alike, nowNanos)));
    }

    private static List<TargetView> least(List<TargetView> targets, LoadMetric metric, long nowNanos) {
        List<TargetView> alike = new ArrayList<>(targets.size());
        double least = Double.POSITIVE_INFINITY;
        for (TargetView target : targets) {
            double load = metric.load(target, nowNanos);
            if (load < least) {
                least = load;
                alike.clear();
            }
            if (load == least) {
                alike.add(target);
            }
        }
        return alike;
    }
}
