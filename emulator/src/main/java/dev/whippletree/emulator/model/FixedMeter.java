package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;

/** Windows follow each other, one of them from a given moment on; what was used in one is forgotten in the next. */
final class FixedMeter extends WindowMeter {

    private long windowStartNanos;
    private long used;

    FixedMeter(Limit limit, long startNanos) {
        super(limit);
        this.windowStartNanos = startNanos;
    }

    @Override
    public void take(long amount, long nowNanos) {
        used = used(nowNanos) + amount;
    }

    @Override
    public void giveBack(long amount, long takenNanos, long nowNanos) {
        used -= used(nowNanos) > 0 && takenNanos >= windowStartNanos ? amount : 0;
    }

    @Override
    public long used(long nowNanos) {
        if (nowNanos >= endNanos() || nowNanos < windowStartNanos) {
            windowStartNanos += Math.floorDiv(nowNanos - windowStartNanos, windowNanos) * windowNanos;
            used = 0;
        }
        return used;
    }

    /** A service says when its window ends, whether anything was used in it or not. */
    @Override
    public long resetNanos(long nowNanos) {
        used(nowNanos);
        return endNanos() - nowNanos;
    }

    private long endNanos() {
        return windowStartNanos + windowNanos;
    }
}
