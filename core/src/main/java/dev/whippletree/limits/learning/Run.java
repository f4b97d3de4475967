package dev.whippletree.limits.learning;

/** What happens between two congestions of a limit whose rate is searched, and the rate that it shows. Confined. */
final class Run {

    private static final long NEVER = Long.MIN_VALUE;

    /** A run of fewer calls is no measure by itself. */
    private static final long FEWEST_CALLS = 40;

    private final long countedFrom;
    private final long idleBefore;
    private long start;
    private long calls;

    /**
     * Begins one.
     *
     * @param countedFrom when the first of the calls that are counted in it may have begun
     * @param start when the service lets in again
     * @param idleBefore for how long calls have waited for nothing so far
     * @param calls how many have begun already
     */
    Run(long countedFrom, long start, long idleBefore, long calls) {
        this.countedFrom = countedFrom;
        this.start = start;
        this.idleBefore = idleBefore;
        this.calls = calls;
    }

    /** Returns one that begins with the first call. */
    static Run notBegun() {
        return new Run(NEVER, NEVER, 0, 0);
    }

    boolean hasBegun() {
        return start != NEVER;
    }

    /** Returns when the service let in again. */
    long start() {
        return start;
    }

    /** The service lets in again only at a later moment. */
    void startAt(long moment) {
        start = moment;
    }

    /** Calls have begun. */
    void add(long begun) {
        calls += begun;
    }

    /** A call that began at a moment isn't to be counted, if it was. */
    void remove(long begun) {
        if (begun >= countedFrom) {
            calls--;
        }
    }

    /** Returns how many calls were let in, or are under way. */
    long calls() {
        return calls;
    }

    /** Returns the calls by which a rate is measured: they are never none. */
    long measuredCalls() {
        return Math.max(1, calls);
    }

    boolean isShort() {
        return calls < FEWEST_CALLS;
    }

    /**
     * Returns the rate at which calls were let in, a nanosecond.
     *
     * @param opensAt when the service lets in again after it
     * @param idleNanos for how long calls have waited for nothing so far
     */
    double rate(long opensAt, long idleNanos) {
        return (double) measuredCalls() / Math.max(1, opensAt - start - (idleNanos - idleBefore));
    }

    /**
     * Several runs, one after the other.
     *
     * @param calls those let in
     * @param nanos how long they took
     */
    record Row(long calls, double nanos) {

        static final Row NONE = new Row(0, 0);

        /** Returns the row with another run. */
        Row and(Run another, double rate) {
            return new Row(calls + another.measuredCalls(), nanos + another.measuredCalls() / rate);
        }

        double rate() {
            return calls / nanos;
        }
    }
}
