package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/** Counts uses until the end of a window, after which they are forgotten. */
abstract class WindowMeter implements Meter {

    final long windowNanos;
    private long limit;

    WindowMeter(Limit limit) {
        this.limit = limit.amount();
        this.windowNanos = limit.window().toNanos();
    }

    /** Returns how much of a use is above what is left. */
    final long excess(long amount, long nowNanos) {
        return used(nowNanos) + amount - limit;
    }

    @Override
    public long waitNanos(long amount, long nowNanos) {
        return excess(amount, nowNanos) <= 0 ? 0 : resetNanos(nowNanos);
    }

    @Override
    public final void change(long limit, long nowNanos) {
        this.limit = limit;
    }
}
