package dev.whippletree.cache.redis;

import dev.whippletree.model.Limit;

/**
 * What this process knows of a limit without asking: its own uses, and what was left when it last asked. Guarded by its
 * ledger.
 *
 * <p>Cut off from n processes, each may use an nth of what was left when it last asked, for one window; all together
 * that is no more than was left. (What the others know of is {@link Contact#INTERVAL} old at most, so what was used
 * here in that time is taken off this process's part, as often as there are others who may not know of it.) After that
 * window nothing counts any more that was used before, and each may use an nth of the amount in any window.
 */
final class OwnLimit {

    private static final long RECENT_NANOS = Contact.INTERVAL.plusMillis(500).toNanos();

    private final OwnUses uses = new OwnUses();
    private Limit limit;
    private long inFlight;
    private boolean asked;
    private long askedAtNanos;
    private long left;
    private long unknownToOthers;
    private long recent;
    private long recentBefore;
    private long recentSinceNanos;
    private long sinceAsked;
    private long touchedAtNanos;

    OwnLimit(Limit limit) {
        this.limit = limit;
    }

    /** Takes the limit as it is given now. */
    void touch(Limit current, long nowNanos) {
        limit = current;
        touchedAtNanos = nowNanos;
    }

    Limit limit() {
        return limit;
    }

    long windowNanos() {
        return limit.window().toNanos();
    }

    /** Returns whether nothing is in flight and everything has left. */
    boolean isIdle(long nowNanos) {
        return inFlight == 0 && uses.sum(nowNanos, windowNanos()) == 0 && nowNanos - touchedAtNanos > windowNanos();
    }

    /** Notes what all had left at a moment, uses that were granted here until then included. */
    void asked(long remains, long atNanos) {
        asked = true;
        askedAtNanos = atNanos;
        left = Math.max(0, remains);
        sinceAsked = 0;
        rotate(atNanos);
        unknownToOthers = recent + recentBefore;
    }

    /** Notes a use that was granted after asking. */
    void granted(long amount, long nowNanos) {
        rotate(nowNanos);
        recent += amount;
    }

    private void rotate(long nowNanos) {
        long age = nowNanos - recentSinceNanos;
        if (age >= RECENT_NANOS) {
            recentBefore = age < 2 * RECENT_NANOS ? recent : 0;
            recent = 0;
            recentSinceNanos = nowNanos;
        }
    }

    /** Counts a use that wasn't in what the others had left; negative for one that wasn't made after all. */
    void addSinceAsked(long amount) {
        sinceAsked += amount;
    }

    void hold(long amount) {
        inFlight += amount;
    }

    /** Ends a reservation; a use of zero leaves nothing. */
    void end(long reserved, long used, long atNanos) {
        inFlight -= reserved;
        uses.add(atNanos, used, windowNanos());
    }

    OwnUses uses() {
        return uses;
    }

    /**
     * Returns how long to wait until an amount can be used without asking.
     *
     * @param processes how many to share with; 0, where nobody knows, promises nothing: it is as if there was one
     * @return nanoseconds; 0: now
     */
    long waitNanos(long amount, int processes, long nowNanos) {
        int share = Math.max(1, processes);
        long window = windowNanos();
        if (amount == 0) {
            return 0;
        }
        if (asked && nowNanos - askedAtNanos < window) {
            long part = Math.max(0, left - (share - 1) * unknownToOthers) / share;
            return amount <= part - sinceAsked ? 0 : askedAtNanos + window - nowNanos;
        }
        long missing = uses.sum(nowNanos, window) + inFlight + amount - limit.amount() / share;
        return missing <= 0 ? 0 : uses.waitNanos(missing, nowNanos, window);
    }
}
