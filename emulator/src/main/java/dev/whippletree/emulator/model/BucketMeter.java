package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/**
 * A bucket of the limit's amount that refills evenly, kept as the moment at which it is full again (the virtual
 * scheduling form of the generic cell rate algorithm, ITU-T I.371). This is the arithmetic that Groq's headers and
 * messages follow.
 */
final class BucketMeter implements Meter {

    private double nanosPerUnit;
    private final long windowNanos;
    private long fullAtNanos;
    private boolean touched;

    BucketMeter(Limit limit) {
        this.windowNanos = limit.window().toNanos();
        this.nanosPerUnit = (double) windowNanos / limit.amount();
    }

    @Override
    public long waitNanos(long amount, long nowNanos) {
        return Math.max(0, resetNanos(nowNanos) + nanosOf(amount) - windowNanos);
    }

    @Override
    public void take(long amount, long nowNanos) {
        fullAtNanos = nowNanos + resetNanos(nowNanos) + nanosOf(amount);
        touched = true;
    }

    @Override
    public void giveBack(long amount, long takenNanos, long nowNanos) {
        fullAtNanos = Math.max(nowNanos, fullAtNanos - nanosOf(amount));
    }

    /** What is left stays left, up to what fits. */
    @Override
    public void change(long limit, long nowNanos) {
        double left = (windowNanos - resetNanos(nowNanos)) / nanosPerUnit;
        nanosPerUnit = (double) windowNanos / limit;
        fullAtNanos = nowNanos + (long) Math.max(0, windowNanos - left * nanosPerUnit);
        touched = true;
    }

    @Override
    public long used(long nowNanos) {
        return (long) Math.ceil(resetNanos(nowNanos) / nanosPerUnit);
    }

    @Override
    public long resetNanos(long nowNanos) {
        return touched ? Math.max(0, fullAtNanos - nowNanos) : 0;
    }

    /** Rounded down, so that the whole amount always fits an unused bucket. */
    private long nanosOf(long amount) {
        return (long) (amount * nanosPerUnit);
    }
}
