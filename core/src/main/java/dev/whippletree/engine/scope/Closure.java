package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether something is closed, until when and why. Guarded by the engine's lock.
 *
 * <p>A closure without a known end is checked again after a second, then after two, doubling up to a bound; or at once
 * after an intervention, such as a new token. One attempt at a time probes it, and the others wait for the result.
 */
public final class Closure {

    private static final long FIRST_CHECK_NANOS = Duration.ofSeconds(1).toNanos();

    /** The prompts that make one check if a refusal may be its prompt's fault: few are that many times in a row. */
    private static final int PROMPTS_A_CHECK = 10;

    private boolean closed;
    private boolean endKnown;

    /** Until when the service said that it is closed; a pause of our own may be longer. */
    private long statedUntil = Long.MIN_VALUE;

    private long until;
    private String reason = "";

    /** Whether it closed for a time nobody knows, and nothing has shown since that it is open. */
    private boolean unproven;

    /** How many prompts have been refused since that may have been at fault; 0 if one certainly wasn't. */
    private int doubtful;

    /**
     * When it last closed for a time nobody knows: calls that began earlier say nothing new. If it isn't checked at
     * once, nor do those of that very moment.
     */
    private long closedAt;

    /** After what time the next refused probe has it checked again. */
    private long nextCheckNanos = FIRST_CHECK_NANOS;

    /** What its probe holds; null while nobody probes. */
    private @Nullable Object probe;

    /** For how long one call is alone when it opens, which may be too early; 0 if it opens for all. */
    private long aloneNanos;

    /** The call that is alone; null if there is none. */
    private @Nullable Object first;

    private long aloneUntil;

    /** Until when another process may be looking whether it is open. */
    private long probedElsewhereUntil = Long.MIN_VALUE;

    /**
     * Closes until a time that is known; a later one that was known before stays. If its end is unknown, it is checked
     * no sooner.
     */
    public boolean closeUntil(long moment, String why, long now) {
        return closeUntil(moment, moment, why, now);
    }

    /**
     * Does the same.
     *
     * @param stated until when the service said; now if the time is only that of a pause of our own
     */
    public boolean closeUntil(long moment, long stated, String why, long now) {
        boolean opened = !isClosed(now);
        boolean known = opened || endKnown;
        if (opened || moment > until) {
            set(moment, known, known ? why : reason);
        }
        statedUntil = opened ? stated : Math.max(statedUntil, stated);
        return opened;
    }

    /**
     * Makes it half-open when it opens: one call begins, and the others once that call is admitted or has been under
     * way for some time. If it ends in another way, the next call is alone: a service that refuses a prompt may not
     * have looked at its limits.
     */
    public void openHalf(long nanos) {
        aloneNanos = nanos;
        first = null;
    }

    /** A call that began when it was half-open was admitted: it opens for all. */
    void openForAll() {
        aloneNanos = 0;
        first = null;
    }

    /**
     * Closes until somebody does something about it, and at least until a time that is known already. The next check
     * comes after a second, doubling with each refused check. A check is one probe; or up to ten, one after the other,
     * if each may be at fault.
     *
     * @param began when the call began that was refused
     * @param inTurn whether another prompt may check it at once, because the refusal may have been its prompt's fault
     * @param longestNanos the longest time between two checks
     * @return whether that is news
     */
    public boolean closeUntilMended(String why, long began, boolean inTurn, long longestNanos, long now) {
        if (unproven && began < closedAt) {
            return false;
        }
        boolean news = !unproven;
        long check = now;
        doubtful = inTurn ? doubtful + 1 : 0;
        if (doubtful % PROMPTS_A_CHECK == 0) {
            check += Math.min(nextCheckNanos, longestNanos);
            nextCheckNanos = Math.min(2 * nextCheckNanos, longestNanos);
        }
        set(isClosed(now) && endKnown ? Math.max(until, check) : check, false, why);
        unproven = true;
        closedAt = Math.min(now + 1, check);
        probe = null;
        return news;
    }

    /** Closes, as {@link #closeUntilMended} does, with the next check at a moment that another process chose. */
    public void resumeUntilMended(long nextCheck, String why, long now) {
        set(nextCheck, false, why);
        unproven = true;
        closedAt = now;
        nextCheckNanos = Math.max(FIRST_CHECK_NANOS, nextCheck - now);
    }

    /** If it is closed until somebody does something about it, lets it be looked at now. */
    public void checkNow(long now) {
        if (needsMending(now)) {
            until = now;
            nextCheckNanos = FIRST_CHECK_NANOS;
        }
    }

    /**
     * Returns whether it closed for a time nobody knows, nothing has shown since that it is open, and it is to be
     * checked some time.
     */
    public boolean needsMending(long now) {
        return unproven && !(isClosed(now) && endKnown);
    }

    private void set(long moment, boolean known, String why) {
        probedElsewhereUntil = Long.MIN_VALUE;
        closed = true;
        endKnown = known;
        until = moment;
        reason = why;
    }

    /** A call begins, known by an object of its own; if a probe is wanted, it is that. */
    public void begun(Object call, long now) {
        if (unproven && !isClosed(now) && probe == null) {
            probe = call;
        }
        if (aloneNanos > 0 && !isClosed(now) && first == null) {
            first = call;
            aloneUntil = now + aloneNanos;
        }
    }

    /**
     * An attempt ended. If it was the probe, the next is one unless this one has proved that it is open.
     *
     * @return whether it has proved that
     */
    public boolean ended(Object call, boolean proved) {
        if (first == call) {
            first = null;
        }
        if (probe != call) {
            return false;
        }
        probe = null;
        if (proved) {
            prove();
        }
        return proved;
    }

    /** Returns whether an attempt is the one that looks whether it is open. */
    public boolean isProbedBy(Object call) {
        return probe == call;
    }

    /** Another process is looking whether it is open, and tells soon, or dies. */
    public void probedElsewhere(long until) {
        probedElsewhereUntil = until;
    }

    public void reopen(long now) {
        if (unproven) {
            prove();
            until = Math.min(until, now);
            probedElsewhereUntil = Long.MIN_VALUE;
        }
    }

    /**
     * The first call ever was accepted, whenever it began: if all that were refused may have been at fault, it is open.
     */
    public void firstAccepted(long now) {
        if (doubtful > 0) {
            reopen(now);
        }
    }

    private void prove() {
        unproven = false;
        nextCheckNanos = FIRST_CHECK_NANOS;
        doubtful = 0;
    }

    /**
     * Returns how long it stays closed: {@link Waits#NONE} if it is open, {@link Waits#UNTIL_EVENT} while it is probed.
     */
    public long waitNanos(long now) {
        if (!isClosed(now)) {
            if (probe != null || now < probedElsewhereUntil) {
                return Waits.UNTIL_EVENT;
            }
            return isHalfOpen(now) ? aloneUntil - now : Waits.NONE;
        }
        return endKnown ? until - now : Waits.UNKNOWN;
    }

    /** Returns how long until the time at which it opens as the service said; {@link Waits#NONE} if there is none. */
    public long statedNanos(long now) {
        return isClosed(now) && endKnown && now < statedUntil ? until - now : Waits.NONE;
    }

    /** Returns whether one call is under way that finds out if it is open, and nobody knows yet. */
    public boolean isHalfOpen(long now) {
        return first != null && now < aloneUntil && !isClosed(now);
    }

    public boolean isClosed(long now) {
        return closed && now < until;
    }

    /** Returns whether the time has come to look again, and nothing has shown yet that it is open. */
    public boolean isProbing(long now) {
        return unproven && !isClosed(now);
    }

    /** Returns whether it was closed, and nobody has been told yet that it is no longer. */
    public boolean mayReopen() {
        return closed;
    }

    /** Returns whether it was closed, is no longer, and nobody has been told yet; then it counts as told. */
    public boolean takeReopened(long now) {
        boolean reopened = closed && now >= until && !unproven;
        closed = closed && !reopened;
        return reopened;
    }

    public long until() {
        return until;
    }

    public String reason() {
        return reason;
    }
}
