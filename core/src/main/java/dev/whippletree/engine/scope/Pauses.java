package dev.whippletree.engine.scope;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long a scope is left alone whose service refuses calls. Guarded by the engine's lock.
 *
 * <p>Where the service doesn't say for how long, the first pause is given, and each further one twice as long until it lets a call
 * in. Where it does, it is believed, but may be wrong. When it refuses again at the time that it told, the next pause is at least
 * half of the time for which it has refused everything so far, so that an hour's limit told as a second costs some twenty calls. Long
 * waits of a service that has ever let in a call are tried out (see {@link ToldWaits}).
 */
final class Pauses {

    /** The first pause where nothing better is known. */
    static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

    /** A limit that gives way sooner than that is found open soon enough; one call in this time hammers nobody. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

    /** When it opens for all, some may be refused only because others used what there was; from the next time on one call goes alone. */
    private static final int AMONG_MANY = 2;

    private static final double JITTER = 0.25;

    private final ToldWaits waits = new ToldWaits();
    private boolean everLetIn;
    private long next;
    private long until = Long.MIN_VALUE;

    /** Since when nothing has been let in; meaningless while {@link #refusals} is 0. */
    private long refusedSince;

    /** How many times in a row it refused a call that began after its pause was over. */
    private int refusals;

    /**
     * Returns when it is asked again, now that a call was refused. Calls begun before the last pause was over prolong it only by what
     * the service told.
     *
     * @param told how long the service said to wait, if it did
     * @param firstNanos the first pause
     * @param chance 0 to 1, by which pauses differ a little, lest several processes ask at the same moment
     */
    long refused(long begun, OptionalLong told, long firstNanos, double chance, long now) {
        if (begun >= until) {
            if (refusals == 0) {
                refusedSince = now;
            }
            refusals++;
            until = told.isPresent() ? now + ownOfTold(told.getAsLong(), now) : ownOfUntold(firstNanos, chance, now);
        }
        if (told.isPresent()) {
            until = Math.max(until, now + waits.believed(told.getAsLong(), now));
        }
        return until;
    }

    /** A trial of a wait that isn't told of another is in vain: the wait lasts as long as was told. */
    private long ownOfUntold(long firstNanos, double chance, long now) {
        return waits.isTrying() ? Math.max(now, waits.giveUp()) : now + doubled(firstNanos, chance);
    }

    private long doubled(long firstNanos, double chance) {
        next = next == 0 ? firstNanos : Math.min(LONGEST_NANOS, next * 2);
        return (long) (next * (1 + JITTER * chance));
    }

    private long ownOfTold(long told, long now) {
        if (refusals > 1 && waits.hasShrunk(told, now)) {
            refusals--;
        } else if (refusals == 1 && everLetIn) {
            waits.begin(told);
        }
        return refusals > AMONG_MANY ? Math.min(LONGEST_NANOS, (now - refusedSince) / 2) : 0;
    }

    /** Returns whether a call is to find out if a wait that was told is too long. */
    boolean isTrying() {
        return waits.isTrying();
    }

    /** Returns whether it has let in nothing since it refused a call. */
    boolean areOn() {
        return refusals > 0;
    }

    /** Returns whether only one call may find out if it lets in again. */
    boolean isUncertain() {
        return refusals > 1 || waits.isTrying();
    }

    /** It let in a call. */
    void letIn(long begun) {
        everLetIn = true;
        if (begun >= until && refusals > 0) {
            next = 0;
            refusals = 0;
            waits.letIn(begun);
        }
    }
}
