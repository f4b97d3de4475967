package dev.whippletree.engine.scope;

import dev.whippletree.limits.Quota;
import dev.whippletree.limits.Quota.Use;
import dev.whippletree.limits.learning.SafetyMargin;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.TokenCount;

/**
 * A limit of a scope: its unit, its source, and its count.
 *
 * @param margin what of it is kept free because others use it too
 */
public record LimitCounter(Limit.Unit unit, LimitSource source, Quota quota, SafetyMargin margin) {

    /** What products of shares and amounts are off by at most. */
    private static final double ROUNDING = 1e-6;

    /** Creates one that nobody else is known to use. */
    LimitCounter(Limit.Unit unit, LimitSource source, Quota quota) {
        this(unit, source, quota, new SafetyMargin());
    }

    boolean isDeclared() {
        return source == LimitSource.DECLARED;
    }

    /** Returns whether it is a rate that was found by trial. */
    boolean isLearned() {
        return source == LimitSource.LEARNED;
    }

    boolean isKnownOfRequests() {
        return unit == Limit.Unit.REQUESTS && !isLearned();
    }

    public long cost(TokenCount tokens) {
        return unit.amountOf(tokens);
    }

    /**
     * Returns how long until a total fits, and a share of the limit is left besides. What asks for more than the rest
     * waits until nothing else is used.
     *
     * @param reserve 0 to 1
     * @param underWay what attempts under way have reserved
     */
    long waitNanos(long sum, double reserve, long underWay, long now) {
        long free = Math.max(left(reserve), sharedByOthers() ? margin.amount() + underWay : 0);
        return quota.waitNanos(Math.min(sum + free, Math.max(sum, quota.amount())), now);
    }

    /**
     * Returns whether others use it too: then what is under way is taken twice, because it hides as much that others
     * have used.
     */
    boolean sharedByOthers() {
        return margin.amount() > 0;
    }

    /**
     * Returns what is to be left: the share, rounded up, or the margin if that is larger. Of a rate that was found by
     * trial it is nothing, because such a rate is no stock of which a part could be left.
     */
    public long left(double reserve) {
        return isLearned() ? 0 : Math.max(margin.amount(), (long) Math.ceil(reserve * quota.amount() - ROUNDING));
    }

    long used(long now) {
        return quota.amount() - quota.left(now);
    }

    long free(long now) {
        return Math.max(0, quota.left(now) - margin.amount());
    }

    Hold reserve(TokenCount tokens, long now) {
        return new Hold(this, quota.reserve(cost(tokens), now));
    }

    /** Returns the share that is left, 0 to 1. */
    double headroom(long now) {
        return Math.min(1, Math.max(0, quota.left(now)) / (double) quota.amount());
    }

    /** What an attempt reserved of a limit. */
    record Hold(LimitCounter counter, Use use) {}
}
