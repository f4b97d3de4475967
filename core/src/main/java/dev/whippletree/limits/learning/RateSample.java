package dev.whippletree.limits.learning;

/**
 * What a service admits in a round: from when it opens until it opens again after it refused calls. Confined.
 *
 * <p>Refusals of calls begun before it closed, and those before anything has been admitted since, belong to the same
 * round.
 */
final class RateSample {

    private static final long NEVER = Long.MIN_VALUE;

    /** What a refusal means for the round. */
    enum RefusalEffect {
        /** It closes the service. */
        FIRST,
        /** The service is closed already. */
        FURTHER,
        /** It says nothing of the round. */
        NONE
    }

    /** When the first call that is counted may have begun. */
    private long countedFrom = NEVER;

    private long start = NEVER;
    private long idleBefore;
    private long calls;

    /** Whether it has admitted nothing since it refused a call. */
    private boolean closed;

    private long closedAt = NEVER;

    private long opensAt = NEVER;

    private long begunSince;

    /** The first round begins, instead of with the first call. */
    void startAt(long now) {
        start = now;
        countedFrom = now;
        closedAt = now;
        opensAt = now;
    }

    /** A call begins. Returns whether the service seems open. */
    boolean begun(long now) {
        if (closed) {
            begunSince++;
            return false;
        }
        if (start == NEVER) {
            start = now;
            countedFrom = now;
        }
        calls++;
        return true;
    }

    /** A call that began at a moment isn't to be counted. */
    void setAside(long begun) {
        if (closed && begun >= closedAt) {
            begunSince--;
        } else if (begun >= countedFrom) {
            calls--;
        }
    }

    /** Returns whether an admitted call shows that a closed service is open: then the next round is to be begun. */
    boolean isEndedBy(long begun) {
        return closed && begun >= closedAt;
    }

    void beginNext(long idleNanos) {
        begin(closedAt, opensAt, idleNanos, begunSince);
    }

    private void begin(long from, long opened, long idleNanos, long begunAlready) {
        closed = false;
        countedFrom = from;
        start = opened;
        idleBefore = idleNanos;
        calls = begunAlready;
    }

    /** Takes in a refused call, which {@link #setAside} has taken out of the count. */
    RefusalEffect refused(long begun, long until, long idleNanos, long now) {
        opensAt = Math.max(opensAt, until);
        if (closed) {
            return RefusalEffect.FURTHER;
        }
        if (begun < closedAt) {
            return RefusalEffect.NONE;
        }
        if (begun < start) {
            start = opensAt; // A call begun at the same time was admitted, so the service only seemed open.
            return RefusalEffect.NONE;
        }
        if (calls <= 0) {
            begin(until, until, idleNanos, 0);
            return RefusalEffect.NONE;
        }
        closed = true;
        closedAt = now;
        begunSince = 0;
        return RefusalEffect.FIRST;
    }

    boolean isClosed() {
        return closed;
    }

    long opensAt() {
        return opensAt;
    }

    /** Returns how many calls were admitted, or are under way. */
    long calls() {
        return calls;
    }

    long openNanos() {
        return closedAt - start;
    }

    long closedNanos() {
        return opensAt - closedAt;
    }

    /**
     * Returns the calls admitted a nanosecond, at least as for one call.
     *
     * @param idleNanos for how long so far there was no demand
     */
    double perNano(long idleNanos) {
        return (double) Math.max(1, calls) / Math.max(1, opensAt - start - (idleNanos - idleBefore));
    }
}
