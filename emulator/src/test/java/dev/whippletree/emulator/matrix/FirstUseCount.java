package dev.whippletree.emulator.matrix;

/**
 * A window begins with the first use after the one before.
 *
 * <p>A new one can be begun for certain only when the one before is over for certain. A report tells how long a window
 * lasts from when it was made, which was some time between its call's arrival and its answer, nobody knows when. So by
 * a report a window may be over as much later as its call took, and by all reports of it as much later as the quickest
 * of its calls took.
 */
final class FirstUseCount implements Count {

    private final long limit;
    private final long windowNanos;
    private final boolean untilCertain;
    private long endNanos = Long.MIN_VALUE;
    private long quickestNanos;
    private long left;

    /**
     * Creates one.
     *
     * @param untilCertain whether nothing is begun before the window before is over for certain, by the reports of its
     *     calls
     */
    FirstUseCount(long limit, long windowNanos, boolean untilCertain) {
        this.limit = limit;
        this.windowNanos = windowNanos;
        this.untilCertain = untilCertain;
    }

    @Override
    public long earliestNanos(long amount, long nowNanos) {
        return nowNanos >= overNanos() || amount <= left ? nowNanos : overNanos();
    }

    private long overNanos() {
        return untilCertain && endNanos != Long.MIN_VALUE ? endNanos + quickestNanos : endNanos;
    }

    @Override
    public void take(long amount, long nowNanos, long answeredNanos) {
        if (nowNanos >= overNanos()) {
            endNanos = nowNanos + windowNanos;
            quickestNanos = Long.MAX_VALUE - endNanos;
            left = limit;
        }
        quickestNanos = Math.min(quickestNanos, answeredNanos - nowNanos);
        left -= amount;
    }
}
