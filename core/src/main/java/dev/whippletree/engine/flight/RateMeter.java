package dev.whippletree.engine.flight;

/** How often something happened within the last minute, to the second. Guarded by the engine's lock. */
public final class RateMeter {

    private static final int SECONDS = 60;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int[] counts = new int[SECONDS];
    private final long startNanos;
    private long second;

    public RateMeter(long now) {
        this.startNanos = now;
    }

    public void mark(long now) {
        moveTo(now);
        counts[(int) (second % SECONDS)]++;
    }

    /** Returns the rate per minute; in the first minute, by the time that has passed. */
    public double perMinute(long now) {
        moveTo(now);
        long total = 0;
        for (int count : counts) {
            total += count;
        }
        double seconds = Math.min(SECONDS, Math.max(1, (now - startNanos) / (double) NANOS_PER_SECOND));
        return total * SECONDS / seconds;
    }

    private void moveTo(long now) {
        long current = (now - startNanos) / NANOS_PER_SECOND;
        for (long passed = Math.max(second + 1, current - SECONDS + 1); passed <= current; passed++) {
            counts[(int) (passed % SECONDS)] = 0;
        }
        second = Math.max(second, current);
    }
}
