package dev.whippletree.engine.flight;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.settings.Retries;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to pause before the same target is tried again. */
public final class Backoff {

    private static final int MOST_DOUBLINGS = 30;

    private Backoff() {}

    /**
     * Returns an exponential pause with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015):
     * anything between nothing and a bound that doubles with each failure.
     *
     * @param failures how many there were before, 0 or more
     * @param floor what the service asked for, which is the least
     */
    public static long nanos(int failures, Retries retries, Duration floor, RandomGenerator random) {
        double bound = Math.min(
                Waits.nanos(retries.maxBackoff()),
                Waits.nanos(retries.backoff()) * Math.pow(2, Math.min(failures, MOST_DOUBLINGS)));
        return Math.max(Waits.nanos(floor), (long) (random.nextDouble() * bound));
    }
}
