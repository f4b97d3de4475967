package dev.whippletree.emulator.matrix;

/** Counts one limit for the {@link Clairvoyant}. Told of uses in the order of their times. Confined to one thread. */
interface Count {

    /**
     * Returns when to look whether an amount fits.
     *
     * @return now, if it fits; else a later moment, before which it won't
     */
    long earliestNanos(long amount, long nowNanos);

    /**
     * Counts a use that fits.
     *
     * @param answeredNanos when its answer comes
     */
    void take(long amount, long nowNanos, long answeredNanos);

    /** Returns how a service counts a limit. */
    static Count of(Cell.Service service, long limit, long windowNanos) {
        return switch (service) {
            case FIRST_USE -> new FirstUseCount(limit, windowNanos, false);
            case CLOCK -> new ClockCount(limit, windowNanos);
            case SLIDING -> new LeavingCount(limit, (now, answered) -> now + windowNanos);
            case BUCKET -> new BucketCount(limit, windowNanos);
        };
    }
}
