package dev.whippletree.emulator.matrix;

/** Windows follow each other from time 0 on. */
final class ClockCount implements Count {

    private final long limit;
    private final long windowNanos;
    private long window = -1;
    private long used;

    ClockCount(long limit, long windowNanos) {
        this.limit = limit;
        this.windowNanos = windowNanos;
    }

    @Override
    public long earliestNanos(long amount, long nowNanos) {
        long current = nowNanos / windowNanos;
        return current > window || used + amount <= limit ? nowNanos : (current + 1) * windowNanos;
    }

    @Override
    public void take(long amount, long nowNanos, long answeredNanos) {
        long current = nowNanos / windowNanos;
        used = current > window ? amount : used + amount;
        window = current;
    }
}
