package dev.whippletree.strategy;

import dev.whippletree.spi.Picker.Outcome;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a target's answers take, times the attempts it would then have in flight, relative to its weight.
 *
 * <p>After Finagle's {@code PeakEwma}. The time is an exponentially weighted moving average that follows a longer time
 * at once and a shorter one only bit by bit, with the time constant {@code decay}: a target that gets slow is left
 * alone after one bad answer and trusted again with care. Different from Finagle:
 *
 * <ul>
 *   <li>A failure counts as an answer that took {@code penalty} longer than answers do, or as long as it took if that
 *       is more. A target that fails in a millisecond would otherwise look like the fastest of all.
 *   <li>An attempt that nobody waited for counts only if it had already taken longer than answers do; a prompt that was
 *       refused for its own sake doesn't count.
 *   <li>The average falls towards zero only while the target is idle. So a slow one is tried again, but by one attempt:
 *       while that is under way, what was known of it holds.
 * </ul>
 *
 * <p>A target of which nothing is known is tried at once, and then by no more until its first attempt has ended;
 * several such are filled evenly.
 */
final class PeakLatency implements LoadMetric {

    /**
     * Stands for the time of a target that has yet to answer; longer than any real one, and small enough to be
     * multiplied.
     */
    private static final double UNTOLD_NANOS = 1e18;

    private final Map<String, Average> averages = new HashMap<>();
    private final double decayNanos;
    private final double penaltyNanos;

    /** An average of times, and when the last of them was seen. */
    private record Average(double nanos, long atNanos) {}

    /**
     * Creates one that knows no target.
     *
     * @param decay how long until what is old counts about a third (1/e); positive
     * @param penalty by how much a failure is worse than an answer; positive
     */
    PeakLatency(Duration decay, Duration penalty) {
        this.decayNanos = nanos(decay);
        this.penaltyNanos = nanos(penalty);
    }

    private static double nanos(Duration duration) {
        return duration.toSeconds() * 1e9 + duration.getNano();
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
            case ANSWERED -> observe(target, average, latencyNanos, nowNanos);
            case FAILED -> observe(target, average, Math.max(latencyNanos, average.nanos() + penaltyNanos), nowNanos);
            case CANCELLED -> {
                if (latencyNanos > average.nanos()) {
                    observe(target, average, latencyNanos, nowNanos);
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
