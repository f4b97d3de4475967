package dev.whippletree.engine.pool;

import dev.whippletree.settings.Retries;

/**
 * The retries that a route may make: a share of its flights plus some each second, so that an outage can't multiply
 * the calls. After Finagle's {@code RetryBudget}, with its ten seconds of savings. Guarded by the engine's lock.
 */
public final class RetryBudget {

    private static final int SAVINGS_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final double share;
    private final double perSecond;
    private final double most;
    private double balance;
    private long balanceAt;

    RetryBudget(Retries retries, long now) {
        this.share = retries.budgetShare();
        this.perSecond = retries.budgetPerSecond();
        this.most = Math.max(1, perSecond * SAVINGS_SECONDS);
        this.balance = most;
        this.balanceAt = now;
    }

    /** A flight needs a call, which earns a part of a retry. */
    public void earn() {
        balance = Math.max(balance, Math.min(balance + share, most * 2));
    }

    /** Takes one retry. Returns 0 if that is fine, else how long to wait before asking again, and takes nothing. */
    public long takeOrWaitNanos(long now) {
        double refilled = balance + (now - balanceAt) / NANOS_PER_SECOND * perSecond;
        balance = Math.max(balance, Math.min(refilled, most));
        balanceAt = now;
        if (balance >= 1) {
            balance--;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - balance) / perSecond * NANOS_PER_SECOND));
    }
}
