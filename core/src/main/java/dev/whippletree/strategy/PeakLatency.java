package dev.whippletree.strategy;

import dev.whippletree.spi.Picker.Outcome;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A target's latency, times the attempts it would have in flight with one more, relative to its weight.
 *
 * <p>After Finagle's {@code PeakEwma}. The latency is an exponentially weighted moving average that rises at once and
 * falls gradually, with the time constant {@code decay}: a target that gets slow is avoided after one slow answer, and
 * trusted again step by step. Different from Finagle:
 *
 * <ul>
 *   <li>A failure counts as an answer that took {@code penalty} longer than the average, or as long as the failure took
 *       if that is more. Otherwise, a target that fails within a millisecond would look fastest.
 *   <li>A cancelled attempt counts only if it had already taken longer than the average; a prompt refused for its own
 *       content doesn't count.
 *   <li>The average falls towards zero only while the target is idle. So a slow target is tried again, but by one
 *       attempt: while that is under way, the average stays.
 * </ul>
 *
 * <p>An unknown target is tried at once, but by one attempt until that has ended; several unknown targets are filled
 * evenly.
 */
final class PeakLatency implements LoadMetric {

    /**
     * Stands for the latency of a target that hasn't answered yet: longer than any real one, and small enough to be
     * multiplied.
     */
    private static final double UNTOLD_NANOS = 1e18;

    private final Map<String, Average> averages = new HashMap<>();
    private final double decayNanos;
    private final double penaltyNanos;

    /** An average latency, and when it was last updated. */
    private record Average(double nanos, long atNanos) {}

    /**
     * Creates a metric that knows no target.
     *
     * @param decay how long until an old value counts about a third (1/e); positive
     * @param penalty by how much a failure is worse than an answer; positive
     */
    PeakLatency(Duration decay, Duration penalty) {
        this.decayNanos = nanos(decay);
        this.penaltyNanos = nanos(penalty);
    }

    private static double nanos(Duration duration) {
        return duration.toSeconds() * 1e9 + duration.toNanosPart();
    }

    @Override
    public double load(TargetView target, long nowNanos) {
        Average average = averages.get(target.id());
        double nanos = target.inFlight() > 0 ? whileBusy(average) : whileIdle(average, nowNanos);
        return nanos * (target.inFlight() + 1) / target.weight();
    }

    private static double whileBusy(@Nullable Average average) {
        return average == null ? UNTOLD_NANOS : average.nanos();
    }

    private double whileIdle(@Nullable Average average, long nowNanos) {
        return average == null ? 0 : average.nanos() * weightOfOld(average, nowNanos);
    }

    private double weightOfOld(Average average, long nowNanos) {
        return Math.exp(-(nowNanos - average.atNanos()) / decayNanos);
    }

    @Override
    public void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {
        Average average = averages.getOrDefault(target, new Average(0, nowNanos));
        switch (outcome) {
            case ANSWERED -> observe(target, average, (double) latencyNanos, nowNanos);
            case FAILED ->
                observe(target, average, Math.max((double) latencyNanos, average.nanos() + penaltyNanos), nowNanos);
            case CANCELLED -> {
                if (latencyNanos > average.nanos()) {
                    observe(target, average, (double) latencyNanos, nowNanos);
                }
            }
            case REFUSED -> {}
        }
    }

    private void observe(String target, Average average, double nanos, long nowNanos) {
        double old = weightOfOld(average, nowNanos);
        double next = nanos > average.nanos() ? nanos : average.nanos() * old + nanos * (1 - old);
        averages.put(target, new Average(next, nowNanos));
    }
}
