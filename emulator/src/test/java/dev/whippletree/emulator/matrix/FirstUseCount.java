package dev.whippletree.emulator.matrix;

/** A window begins with the first use after the one before. */
final class FirstUseCount implements Count {

    private final long limit;
    private final long windowNanos;
    private long endNanos = Long.MIN_VALUE;
    private long left;

    FirstUseCount(long limit, long windowNanos) {
        this.limit = limit;
        this.windowNanos = windowNanos;
    }

    @Override
    public long earliestNanos(long amount, long nowNanos) {
        return nowNanos >= endNanos || amount <= left ? nowNanos : endNanos;
    }

    @Override
    public void take(long amount, long nowNanos, long answeredNanos) {
        if (nowNanos >= endNanos) {
            endNanos = nowNanos + windowNanos;
            left = limit;
        }
        left -= amount;
    }
}
