package dev.whippletree.engine;

import java.time.Duration;

/**
 * Whether something is closed, until when and why. Guarded by the engine's lock.
 *
 * <p>A closure whose end nobody knows is looked at again after an hour: the next prompt then tries it.
 */
final class Closure {

    private static final long RECHECK_NANOS = Duration.ofHours(1).toNanos();

    private boolean closed;
    private boolean endKnown;
    private long until;
    private String reason = "";

    /** Closes until a time that is known; a later one that was known before stays. */
    boolean closeUntil(long moment, String why, long now) {
        boolean first = !isClosed(now);
        if (first || (endKnown && moment > until)) {
            set(moment, true, why);
        }
        return first;
    }

    /** Closes until somebody does something about it. */
    boolean closeUntilMended(String why, long now) {
        boolean first = !isClosed(now) || endKnown;
        set(now + RECHECK_NANOS, false, why);
        return first;
    }

    /** Closes, as {@link #closeUntilMended} does, with the next look at a moment that an earlier process chose. */
    void resumeUntilMended(long nextCheck, String why) {
        set(nextCheck, false, why);
    }

    /** If it is closed until somebody does something about it, lets it be looked at now. */
    void checkNow(long now) {
        if (needsMending(now)) {
            until = now;
        }
    }

    /** Returns whether it is closed until somebody does something about it. */
    boolean needsMending(long now) {
        return isClosed(now) && !endKnown;
    }

    private void set(long moment, boolean known, String why) {
        closed = true;
        endKnown = known;
        until = moment;
        reason = why;
    }

    /** Returns how long it stays closed: {@link Waits#NONE} if it is open. */
    long waitNanos(long now) {
        if (!isClosed(now)) {
            return Waits.NONE;
        }
        return endKnown ? until - now : Waits.UNKNOWN;
    }

    boolean isClosed(long now) {
        return closed && now < until;
    }

    /** Returns whether it was closed, is no longer, and nobody has been told yet; then it counts as told. */
    boolean takeReopened(long now) {
        boolean reopened = closed && now >= until;
        closed = closed && !reopened;
        return reopened;
    }

    /** Returns when it is looked at again. */
    long until() {
        return until;
    }

    String reason() {
        return reason;
    }
}
