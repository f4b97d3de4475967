package dev.whippletree.engine.pool;

import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;

/**
 * A summary of latencies in fixed memory: their mean since the start, and of recent ones the mean and the 95th
 * percentile.
 *
 * <p>Times are counted in slots each 5 % wider than the one before, from 0.1 ms up, which bounds the percentile's
 * error. Once a slot count is large all are halved, so that old times fade. Guarded by the engine's lock.
 */
public final class LatencyStats {

    private static final double FIRST_NANOS = 1e5;
    private static final double LOG_WIDTH = Math.log(1.05);
    private static final int SLOTS = 400;
    private static final int HALVE_AT = 4_000;

    /** A mean needs fewer latencies than a percentile, and is to follow a service that becomes slower or faster. */
    private static final int HALVE_MEAN_AT = 128;

    private final int[] slots = new int[SLOTS];
    private int recent;
    private long count;
    private double sumNanos;
    private int recentOfMean;
    private double recentSumNanos;

    public void record(long nanos) {
        count++;
        sumNanos += nanos;
        recentSumNanos += nanos;
        if (++recentOfMean >= HALVE_MEAN_AT) {
            recentOfMean /= 2;
            recentSumNanos /= 2;
        }
        slots[slotOf(nanos)]++;
        if (++recent >= HALVE_AT) {
            halve();
        }
    }

    private static int slotOf(long nanos) {
        double above = nanos / FIRST_NANOS;
        return above <= 1 ? 0 : Math.min(SLOTS - 1, (int) Math.ceil(Math.log(above) / LOG_WIDTH));
    }

    private void halve() {
        recent = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            slots[slot] /= 2;
            recent += slots[slot];
        }
    }

    /** Returns the mean of recent ones, 0 if there is none. */
    long recentMeanNanos() {
        return recentOfMean == 0 ? 0 : (long) (recentSumNanos / recentOfMean);
    }

    public StatusSnapshot.Latency summary() {
        long mean = count == 0 ? 0 : (long) (sumNanos / count);
        return new StatusSnapshot.Latency(count, Duration.ofNanos(mean), Duration.ofNanos(percentile95()));
    }

    private long percentile95() {
        long rank = (long) Math.ceil(recent * 0.95);
        long seen = 0;
        for (int slot = 0; slot < SLOTS && rank > 0; slot++) {
            seen += slots[slot];
            if (seen >= rank) {
                return (long) (FIRST_NANOS * Math.exp(slot * LOG_WIDTH));
            }
        }
        return 0;
    }
}
