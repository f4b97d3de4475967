package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;

/**
 * Whether a target may be tried, by how the latest attempts on it went. Guarded by the engine's lock.
 *
 * <p>After five failures in a row, or when half of at least twenty within 30 s failed, or at once when the service says it is
 * overloaded, the target cools down: one second at first, doubling to 15. Then one attempt probes it. If that succeeds, more are
 * let through, twice as many in each round, until the target's concurrency is reached; if it fails, it cools down again.
 *
 * <p>Attempts begun before a cooldown say nothing about what came after it: each belongs to the epoch in which it was begun.
 */
public final class Health {

    private static final int FAILURES_IN_A_ROW = 5;
    private static final int FEWEST_FOR_RATE = 20;
    private static final long RATE_WINDOW_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(15).toNanos();

    private int maxConcurrency;
    private final SuccessRate rate = new SuccessRate(RATE_WINDOW_NANOS);

    private int failuresInARow;
    private long coolingUntil = Long.MIN_VALUE;
    private long nextCooldownNanos = SHORTEST_NANOS;
    private String reason = "";

    /** Counts the cooldowns. */
    private int epoch;

    /** Attempts let through at once since the last cooldown; unbounded once the target has proved itself. */
    private int allowed = Integer.MAX_VALUE;

    /** Attempts under way that were begun since then. */
    private int underWay;

    Health(int maxConcurrency) {
        this.maxConcurrency = maxConcurrency;
    }

    /** Sets another bound of attempts under way at once, at which the ramp ends. */
    void limitTo(int attempts) {
        maxConcurrency = attempts;
    }

    /** Returns how long it isn't to be tried: {@link Waits#UNTIL_EVENT} while a probe or the ramp has to be awaited. */
    long waitNanos(long now) {
        if (now < coolingUntil) {
            return coolingUntil - now;
        }
        return underWay < allowed ? Waits.NONE : Waits.UNTIL_EVENT;
    }

    boolean isCooling(long now) {
        return now < coolingUntil;
    }

    /** Returns whether it has cooled down but not yet proved itself. */
    boolean isProbing(long now) {
        return now >= coolingUntil && allowed == 1;
    }

    long coolingUntil() {
        return coolingUntil;
    }

    String reason() {
        return reason;
    }

    /** Returns how many attempts may be under way at once, by health alone. */
    int allowed() {
        return allowed;
    }

    /** An attempt begins. Returns the epoch to end it with. */
    int begin() {
        underWay++;
        return epoch;
    }

    /** An attempt ended in a way that says nothing about the target. */
    public void ended(int begunIn) {
        if (begunIn == epoch) {
            underWay--;
        }
    }

    /** The target answered, if only to refuse a prompt as wrong. */
    public void succeeded(int begunIn, long now) {
        ended(begunIn);
        if (begunIn != epoch) {
            return;
        }
        rate.record(true, now);
        failuresInARow = 0;
        nextCooldownNanos = SHORTEST_NANOS;
        if (allowed < maxConcurrency) {
            allowed++;
        } else {
            allowed = Integer.MAX_VALUE;
        }
    }

    /**
     * The target failed.
     *
     * @param atOnce whether one such failure is enough to cool down
     * @param leastNanos how long the service asked to be left alone, 0 if it didn't
     * @return whether a cooldown began
     */
    public boolean failed(int begunIn, boolean atOnce, long leastNanos, String why, long now) {
        ended(begunIn);
        if (begunIn != epoch) {
            return false;
        }
        rate.record(false, now);
        failuresInARow++;
        boolean probeFailed = allowed == 1;
        if (atOnce || probeFailed || failuresInARow >= FAILURES_IN_A_ROW || rate.isBad(FEWEST_FOR_RATE, now)) {
            coolDown(leastNanos, why, now);
            return true;
        }
        return false;
    }

    /** Lets two attempts through, then more for each that succeeds, as after a closure whose end was a guess. */
    public void startSlowly() {
        startWith(2);
    }

    /** Begins an epoch in which so many are let through at first. */
    private void startWith(int attempts) {
        epoch++;
        underWay = 0;
        allowed = attempts;
    }

    private void coolDown(long leastNanos, String why, long now) {
        coolingUntil = now + Math.max(nextCooldownNanos, leastNanos);
        nextCooldownNanos = Math.min(LONGEST_NANOS, nextCooldownNanos * 2);
        reason = why;
        startWith(1);
        failuresInARow = 0;
        rate.clear();
    }
}
