package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws two targets by lot and picks the less loaded one; of equals, the one drawn first.
 *
 * <p>Always picking the best target would send everything until the next measurement there. Two choices keep nearly all
 * of the advantage over one (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", PhD thesis,
 * Berkeley 1996) without that crowding. The assumption is that known loads are slightly out of date. The most loaded
 * target is picked only once its load has fallen below another's. The metric accounts for weights.
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
