package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/** A window starts with the first use after the end of the one before; what was used in that one is forgotten. */
final class FirstUseMeter extends WindowMeter {

    private long endNanos = Long.MIN_VALUE;
    private long used;

    FirstUseMeter(Limit limit) {
        super(limit);
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
    public long used(long nowNanos) {
        return nowNanos < endNanos ? used : 0;
    }

    @Override
    public long resetNanos(long nowNanos) {
        return nowNanos < endNanos ? endNanos - nowNanos : 0;
    }
}
