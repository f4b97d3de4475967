package dev.whippletree.engine.scope;

import dev.whippletree.limits.Quota.Use;
import dev.whippletree.limits.ReportedQuota;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one attempt uses of one scope: what it reserved of each limit, and when the service counts that. If the scope's
 * accounts come into another one, the attempt uses that one too, as if it had from the start. Guarded by the engine's
 * lock.
 */
final class ScopeUse {

    private final TokenCount tokens;
    private final long beganNanos;
    private final List<LimitCounter.Hold> holds = new ArrayList<>(4);
    private final List<ScopeUses> scopes = new ArrayList<>(1);

    /** How many of its holds are of limits that were known when it began: the first ones. */
    private int knownLimits;

    private OptionalLong sentBy = OptionalLong.empty();
    private OptionalLong arrivedAt = OptionalLong.empty();

    ScopeUse(TokenCount tokens, long now) {
        this.tokens = tokens;
        this.beganNanos = now;
    }

    void joined(ScopeUses scope) {
        scopes.add(scope);
    }

    void holdKnown(List<LimitCounter> counters, long now) {
        for (LimitCounter counter : counters) {
            hold(counter, now);
        }
        knownLimits = holds.size();
    }

    private void hold(LimitCounter counter, long now) {
        holds.add(counter.reserve(tokens, now));
    }

    /** Reserves of a limit that the service has only now reported. */
    void holdLate(LimitCounter counter, ReportedQuota quota, long now) {
        holds.add(new LimitCounter.Hold(counter, quota.reserve(counter.cost(tokens), beganNanos, now)));
    }

    /** Reserves of a limit that is counted only from now on, as if it had been from the start. */
    void holdLate(LimitCounter counter, long now) {
        hold(counter, now);
        Use use = of(counter);
        sentBy.ifPresent(latest -> use.sent(latest, now));
        arrivedAt.ifPresent(use::arrived);
    }

    void holdFromNow(LimitCounter counter, long now) {
        hold(counter, now);
        catchUp(counter, now);
    }

    /** Says of a limit that was learned only now whether the service has counted the request. */
    void catchUp(LimitCounter counter, long now) {
        if (arrivedAt.isPresent()) {
            of(counter).arrived(now);
        }
    }

    @SuppressWarnings("ReferenceEquality")
    Use of(LimitCounter counter) {
        for (LimitCounter.Hold hold : holds) {
            if (hold.counter() == counter) {
                return hold.use();
            }
        }
        throw new IllegalStateException("an attempt was asked for a limit that it doesn't hold");
    }

    /** Returns whether it began only because a limit that was known seemed to have room for it. */
    @SuppressWarnings("ReferenceEquality")
    boolean foundRoomIn(LimitCounter counter) {
        return holds.subList(0, knownLimits).stream().anyMatch(hold -> hold.counter() == counter);
    }

    /** The request has been written, and arrives by a moment at the latest. */
    void sent(long latest, long now) {
        sentBy = OptionalLong.of(latest);
        holds.forEach(hold -> hold.use().sent(latest, now));
    }

    /**
     * The request is sent once more. Whether the first one was counted, no answer will tell.
     *
     * @param lostUntil when that one has arrived at the latest
     */
    void repeat(long lostUntil, long now) {
        scopes.forEach(scope -> scope.repeat(this));
        sentBy = OptionalLong.empty();
        holds.replaceAll(hold -> {
            hold.use().lost(lostUntil, now);
            return hold.counter().reserve(tokens, now);
        });
    }

    void arrived(long now) {
        if (arrivedAt.isEmpty()) {
            arrivedAt = OptionalLong.of(now);
            holds.forEach(hold -> hold.use().arrived(now));
        }
    }

    /** Returns when the service had counted the request, as far as is known. */
    OptionalLong arrivedAt() {
        return arrivedAt;
    }

    /** Ends it: a request that isn't known to have arrived has by a moment, and the service may say what it counted. */
    void end(long lostUntil, Optional<TokenCount> counted, long now) {
        scopes.forEach(scope -> scope.leave(this));
        for (LimitCounter.Hold hold : holds) {
            if (arrivedAt.isEmpty()) {
                hold.use().lost(lostUntil, now);
            }
            if (counted.isPresent() && hold.counter().unit().countsTokens()) {
                hold.use().settle(hold.counter().cost(counted.get()), now);
            }
        }
    }

    void release(long now) {
        scopes.forEach(scope -> scope.leave(this));
        holds.forEach(hold -> hold.use().release(now));
    }

    TokenCount tokens() {
        return tokens;
    }

    long beganNanos() {
        return beganNanos;
    }
}
