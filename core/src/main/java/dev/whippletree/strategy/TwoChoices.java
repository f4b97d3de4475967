package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws two different targets by lot and picks the one with less load; of equals, the one drawn first.
 *
 * <p>Whoever always takes the very best sends all that comes before the next measurement to one target. Two lots keep
 * nearly all of the advantage over one (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", PhD
 * thesis, Berkeley 1996) and never crowd. They assume that load can't be known quite up to date; the worst target is
 * picked only when its load has fallen below that of another. Weights are the metric's business.
 */
final class TwoChoices implements Picker {

    private final LoadMetric metric;
    private final RandomGenerator random;

    TwoChoices(LoadMetric metric, RandomGenerator random) {
        this.metric = metric;
        this.random = random;
    }

    @Override
    public int pick(List<TargetView> ready, long nowNanos) {
        if (ready.size() == 1) {
            return 0;
        }
        int one = random.nextInt(ready.size());
        int drawn = random.nextInt(ready.size() - 1);
        int other = drawn < one ? drawn : drawn + 1;
        return metric.load(ready.get(other), nowNanos) < metric.load(ready.get(one), nowNanos) ? other : one;
    }

    @Override
    public void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {
        metric.ended(target, outcome, latencyNanos, nowNanos);
    }
}
