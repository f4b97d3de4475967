package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/** A window starts with the first use after the end of the one before; what was used in that one is forgotten. */
final class FirstUseMeter implements Meter {

    private long limit;
    private final long windowNanos;
    private long endNanos = Long.MIN_VALUE;
    private long used;

    FirstUseMeter(Limit limit) {
        this.limit = limit.amount();
        this.windowNanos = limit.window().toNanos();
    }

    @Override
    public long waitNanos(long amount, long nowNanos) {
        return used(nowNanos) + amount <= limit ? 0 : endNanos - nowNanos;
    }

    @Override
    public void take(long amount, long nowNanos) {
        if (nowNanos >= endNanos) {
            endNanos = nowNanos + windowNanos;
            used = 0;
        }
        used += amount;
    }

    @Override
    public void giveBack(long amount, long takenNanos, long nowNanos) {
        used -= nowNanos < endNanos && takenNanos >= endNanos - windowNanos ? amount : 0;
    }

    @Override
    public void change(long limit, long nowNanos) {
        this.limit = limit;
    }

    @Override
    public long used(long nowNanos) {
        return nowNanos < endNanos ? used : 0;
    }

    @Override
    public long resetNanos(long nowNanos) {
        return nowNanos < endNanos ? endNanos - nowNanos : 0;
    }
}
