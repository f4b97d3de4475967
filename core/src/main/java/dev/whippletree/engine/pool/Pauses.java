package dev.whippletree.engine.pool;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long a scope is left alone whose service refuses calls. Guarded by the engine's lock.
 *
 * <p>Where the service doesn't say for how long, the first pause is given, and each further one twice as long until it lets a call
 * in. Where it does, it is believed, but may be wrong. When it refuses again at the time that it told, the next pause is at least
 * half of the time for which it has refused everything so far, so that an hour's limit told as a second costs some twenty calls. A
 * long wait is tried out at half of its time, seldom if that was in vain; if it wasn't, only so much is believed from then on.
 */
final class Pauses {

    /** The first pause where nothing better is known. */
    static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

    /** A limit that gives way sooner than that is found open soon enough; one call in this time hammers nobody. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

    /** There is nothing to be gained by trying out shorter ones. */
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    /** When it opens for all, some may be refused only because others used what there was; from the next time on one call goes alone. */
    private static final int AMONG_MANY = 2;

    private static final double JITTER = 0.25;
    private static final int MOST_HALVINGS = 5;

    /** Nobody knows yet whether it tells the truth. */
    private static final int FIRST_TRIAL_AFTER = 2;

    private long next;
    private long until = Long.MIN_VALUE;

    /** Since when nothing has been let in; meaningless while {@link #refusals} is 0. */
    private long refusedSince;

    /** How many times in a row it refused a call that began after its pause was over. */
    private int refusals;

    /** How many times a wait that it tells is halved. */
    private int halvings;

    private boolean trying;

    /** After so many pauses a wait is tried out again. */
    private int pausesToTrial = FIRST_TRIAL_AFTER;

    private int lastTrialAfter;

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
            until = now + (told.isPresent() ? ownOfTold(told.getAsLong(), now) : doubled(firstNanos, chance));
        }
        if (told.isPresent()) {
            until = Math.max(until, now + believed(told.getAsLong()));
        }
        return until;
    }

    private long doubled(long firstNanos, double chance) {
        next = next == 0 ? firstNanos : Math.min(LONGEST_NANOS, next * 2);
        return (long) (next * (1 + JITTER * chance));
    }

    private long ownOfTold(long told, long now) {
        if (trying) {
            trying = false;
            lastTrialAfter = Math.max(1, lastTrialAfter * 2);
            pausesToTrial = lastTrialAfter;
        } else if (refusals > 1) {
            halvings = Math.max(0, halvings - 1);
        } else if (told >= LONG_NANOS && halvings < MOST_HALVINGS) {
            trying = pausesToTrial == 0;
            pausesToTrial = Math.max(0, pausesToTrial - 1);
        }
        return refusals > AMONG_MANY ? Math.min(LONGEST_NANOS, (now - refusedSince) / 2) : 0;
    }

    private long believed(long told) {
        return told >> (halvings + (trying ? 1 : 0));
    }

    /** Returns whether only one call may find out if it lets in again. */
    boolean isUncertain() {
        return refusals > 1 || trying;
    }

    /** It let in a call. */
    void letIn(long begun) {
        if (begun >= until && refusals > 0) {
            next = 0;
            refusals = 0;
            if (trying) {
                trying = false;
                halvings++;
                pausesToTrial = 0;
                lastTrialAfter = 0;
            }
        }
    }
}
