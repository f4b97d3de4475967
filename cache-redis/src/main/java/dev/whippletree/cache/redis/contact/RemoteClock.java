package dev.whippletree.cache.redis.contact;

import java.time.Duration;

/**
 * What time it is at the other side, reckoned from its answers and never ahead of it. Thread-safe.
 *
 * <p>It only serves to say until when a command makes sense, so that one that was given up isn't done later.
 */
public final class RemoteClock {

    private static final long NANOS_A_MILLI = 1_000_000;

    private boolean known;
    private long offsetMillis;

    /** Takes an answer's time; the best reckoning so far stays if it is better. */
    public synchronized void note(long remoteMillis, long nowNanos) {
        long offset = remoteMillis - Math.floorDiv(nowNanos, NANOS_A_MILLI);
        if (!known || offset > offsetMillis) {
            offsetMillis = offset;
        }
        known = true;
    }

    /** Takes an answer's time, whatever was known: clocks get set. */
    synchronized void reset(long remoteMillis, long nowNanos) {
        known = false;
        note(remoteMillis, nowNanos);
    }

    /** Returns the remote time after which a command that is sent now has been given up; 0 if there is no telling. */
    public synchronized long notAfterMillis(Duration timeout, long nowNanos) {
        return known ? Math.floorDiv(nowNanos, NANOS_A_MILLI) + offsetMillis + timeout.toMillis() : 0;
    }
}
