package dev.whippletree.engine.pool;

import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import dev.whippletree.model.TokenCount;
import dev.whippletree.quota.Quota;
import dev.whippletree.quota.Quota.Use;

/**
 * A limit of a scope: what is counted, by whose word, and the count.
 *
 * @param unit what is counted
 * @param source by whose word
 * @param quota the count
 */
public record Meter(Limit.Unit unit, Source source, Quota quota) {

    /** Returns what one attempt takes of it. */
    long cost(TokenCount tokens) {
        return unit.amountOf(tokens);
    }

    Hold reserve(TokenCount tokens, long now) {
        return new Hold(this, quota.reserve(cost(tokens), now));
    }

    /** Returns the share that is left, 0 to 1. */
    double headroom(long now) {
        return Math.min(1, (double) quota.left(now) / quota.amount());
    }

    /** What an attempt reserved of a meter. */
    record Hold(Meter meter, Use use) {}
}
