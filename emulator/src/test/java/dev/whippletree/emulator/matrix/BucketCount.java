package dev.whippletree.emulator.matrix;

/** A bucket, full at first, that refills evenly. */
final class BucketCount implements Count {

    /** Sums of fractions may miss a whole number by so little. */
    private static final double ROUNDING = 1e-6;

    private final long limit;
    private final double perNano;
    private double level;
    private long levelNanos;

    BucketCount(long limit, long windowNanos) {
        this.limit = limit;
        this.perNano = (double) limit / windowNanos;
        this.level = limit;
    }

    @Override
    public long earliestNanos(long amount, long nowNanos) {
        double missing = amount - ROUNDING - level(nowNanos);
        return missing <= 0 ? nowNanos : nowNanos + Math.max(1, (long) Math.ceil(missing / perNano));
    }

    @Override
    public void take(long amount, long nowNanos, long answeredNanos) {
        level = level(nowNanos) - amount;
        levelNanos = nowNanos;
    }

    private double level(long nowNanos) {
        return Math.min(limit, level + (nowNanos - levelNanos) * perNano);
    }
}
