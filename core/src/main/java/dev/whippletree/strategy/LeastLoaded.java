package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks the target with the least load, looking at all of them. Where several have that, a second metric decides
 * between them, and so on; those alike to the last take turns by their weights, so that no tie always goes to the
 * first.
 */
final class LeastLoaded implements Picker {

    private final List<LoadMetric> metrics;
    private final Turns turns;

    /**
     * Creates one.
     *
     * @param turns decides between targets that all metrics find alike
     * @param metrics what it goes by, the one that matters most first
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
