package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits and the closure of one scope, the attempts that use it, and what is learned of it. Guarded by the engine's
 * lock.
 */
public final class ScopeState {

    private final Scope scope;
    private final Closure closure = new Closure();
    private final ScopeUses uses = new ScopeUses();
    private final ScopeLimits limits = new ScopeLimits(uses);
    private final ScopeLearner learner = new ScopeLearner(limits);
    private final SharedLimits shared;
    private final ScopeResolver.RefusedModels refusedModels = new ScopeResolver.RefusedModels();

    public ScopeState(Scope scope) {
        this.scope = scope;
        this.shared = new SharedLimits(scope, limits);
    }

    public Scope scope() {
        return scope;
    }

    public Closure closure() {
        return closure;
    }

    public ScopeLimits limits() {
        return limits;
    }

    public SharedLimits shared() {
        return shared;
    }

    ScopeUses uses() {
        return uses;
    }

    ScopeResolver.RefusedModels refusedModels() {
        return refusedModels;
    }

    /** Returns whether nothing of it counts any more: it is open, nothing is under way, and its limits are unused. */
    public boolean isUnused(long now) {
        return uses.underWay().isEmpty() && !closure.isClosed(now) && limits.areUnused(now);
    }

    ScopeUse begin(TokenCount tokens, long now) {
        learner.begun(now);
        ScopeUse use = uses.begin(tokens, now);
        limits.reserve(use, now);
        return use;
    }

    void admitted(ScopeUse use, long now) {
        learner.admitted(use, now);
        if (!learner.refusesStill()) {
            closure.openForAll();
        }
    }

    LimitRefusal refused(RefusedCall call) {
        return learner.refused(call);
    }

    /** Returns whether a limit of requests was declared or reported, and nothing shows that there is a lower one. */
    public boolean knowsRequestLimit() {
        return !learner.doubtsKnown() && limits.knowRequests();
    }

    /** Returns whether it has admitted nothing since a limit refused a call. */
    public boolean refusesAll() {
        return learner.refusesAll();
    }

    /** Returns whether it has refused the calls that were to find out if it admits calls again. */
    public boolean refusesStill() {
        return learner.refusesStill();
    }

    /** Returns how long until a reservation fits, the closure aside, and a share of each limit is left besides. */
    public long waitNanos(TokenCount tokens, double reserve, long now) {
        return Math.max(shared.waitNanos(tokens, now), limits.waitNanos(tokens, reserve, false, now));
    }

    /** Returns the same by what is declared, reported and known from other processes. */
    public long statedNanos(TokenCount tokens, double reserve, long now) {
        return Math.max(shared.waitNanos(tokens, now), limits.waitNanos(tokens, reserve, true, now));
    }

    /** Returns whether it is open, and a reservation fits now by what is declared, reported and known from others. */
    boolean hasStatedRoom(TokenCount tokens, long now) {
        return !closure.isClosed(now) && statedNanos(tokens, 0, now) == Waits.NONE;
    }

    /**
     * Returns how long until reserving for one prompt makes another one wait no longer for its own reservation, because
     * both fit.
     *
     * @param reserve the share of each limit that the other one leaves besides
     */
    public long delayNanos(TokenCount tokens, TokenCount otherTokens, double reserve, long now) {
        long together = limits.waitNanos(tokens, otherTokens, reserve, now);
        return together > waitNanos(otherTokens, reserve, now) ? together : Waits.NONE;
    }

    /** Returns the smallest share that is left of a limit, 0 to 1. */
    public double headroom(long now) {
        double least = 1;
        for (LimitCounter counter : limits.counters()) {
            // A pace is no stock of which a share could be left.
            if (!counter.isLearned()) {
                least = Math.min(least, counter.headroom(now));
            }
        }
        return least;
    }

    /**
     * Returns the most calls of a size that its limits of tokens, or those of requests, let begin in a nanosecond,
     * learned paces aside. Infinite without any.
     *
     * @param usual what a call reserves
     * @param ofTokens whether by the limits of tokens
     */
    public double callsPerNano(TokenCount usual, boolean ofTokens) {
        double calls = Double.POSITIVE_INFINITY;
        for (LimitCounter counter : limits.counters()) {
            Optional<Duration> window = counter.quota().window();
            if (counter.unit().countsTokens() == ofTokens && !counter.isLearned() && window.isPresent()) {
                double amount = counter.quota().amount();
                calls = Math.min(
                        calls,
                        amount / Math.max(1, counter.cost(usual)) / window.get().toNanos());
            }
        }
        return calls;
    }

    /**
     * Describes its limits.
     *
     * @param leftForAll how much all processes have left of what they share, where that is known
     */
    public List<LimitStatus> status(Map<LimitUse, Long> leftForAll, long now) {
        return limits.counters().stream()
                .map(counter -> status(counter, shared.left(counter, leftForAll), now))
                .toList();
    }

    private LimitStatus status(LimitCounter counter, OptionalLong leftForAll, long now) {
        long left = counter.free(now);
        return new LimitStatus(
                scope,
                counter.unit(),
                counter.quota().amount(),
                counter.quota().window(),
                Math.min(left, leftForAll.orElse(left)),
                counter.source(),
                left > 0 ? OptionalLong.empty() : OptionalLong.of(counter.waitNanos(1, 0, 0, now)));
    }
}
