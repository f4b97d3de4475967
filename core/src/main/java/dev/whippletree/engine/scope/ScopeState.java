package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The limits and the closure of one scope, the attempts that use it, and what is learned of it. Guarded by the engine's lock. */
public final class ScopeState {

    private final Scope scope;
    private final Closure closure = new Closure();
    private final ScopeLearner learner = new ScopeLearner();
    private final ScopeUses uses = new ScopeUses();
    private final ScopeLimits limits = new ScopeLimits(uses);
    private final SharedLimits shared;
    private boolean severalModels;

    /** Creates one of which nothing is known. */
    public ScopeState(Scope scope) {
        this.scope = scope;
        this.shared = new SharedLimits(scope, limits);
    }

    /** Returns which scope it is. */
    public Scope scope() {
        return scope;
    }

    /** Returns whether and until when it is closed. */
    public Closure closure() {
        return closure;
    }

    /** Returns its limits. */
    public ScopeLimits limits() {
        return limits;
    }

    /** Its limits as other processes see them. */
    public SharedLimits shared() {
        return shared;
    }

    /** Returns the attempts that use it. */
    ScopeUses uses() {
        return uses;
    }

    /** Targets of it, an organization, are of several models from now on, or of one. */
    public void ofSeveralModels(boolean several) {
        severalModels = several;
    }

    boolean isOfSeveralModels() {
        return severalModels;
    }

    /** An attempt begins, and reserves. */
    ScopeUse begin(TokenCount tokens, long now) {
        learner.begun(now);
        ScopeUse use = uses.begin(tokens, now);
        limits.reserve(use, now);
        return use;
    }

    /** It let in an attempt. */
    void letIn(ScopeUse use, long now) {
        learner.admitted(use, limits, now);
        if (!learner.refusesStill()) {
            closure.openForAll();
        }
    }

    /** It refused an attempt for a limit. Returns what follows. */
    Refusal refused(RefusedCall call) {
        return learner.refused(call, limits);
    }

    /** Returns whether a limit of requests was declared or reported, and nothing shows that there is a lower one. */
    public boolean knowsRequestLimit() {
        return !learner.doubtsKnown() && limits.knowRequests();
    }

    /** Returns whether it has let in nothing since a limit refused a call. */
    public boolean refusesAll() {
        return learner.refusesAll();
    }

    /** Returns whether it has refused the calls that were to find out if it lets in again. */
    public boolean refusesStill() {
        return learner.refusesStill();
    }

    /**
     * Returns how long until a reservation fits, the closure aside.
     *
     * @param leave the share of each limit that has to be left besides
     */
    public long waitNanos(TokenCount tokens, double leave, long now) {
        return Math.max(shared.waitNanos(tokens, now), limits.waitNanos(tokens, leave, now));
    }

    /**
     * Returns how long until reserving for one prompt makes another one wait no longer for its own reservation, because both fit.
     *
     * @param leave the share of each limit that the other one leaves besides
     */
    public long delayNanos(TokenCount tokens, TokenCount otherTokens, double leave, long now) {
        long together = limits.waitNanos(tokens, otherTokens, leave, now);
        return together > waitNanos(otherTokens, leave, now) ? together : Waits.NONE;
    }

    /** Returns the smallest share that is left of a limit, 0 to 1. */
    public double headroom(long now) {
        double least = 1;
        for (Meter meter : limits.meters()) {
            // A pace is no stock of which a share could be left.
            if (meter.source() != LimitStatus.Source.LEARNED) {
                least = Math.min(least, meter.headroom(now));
            }
        }
        return least;
    }

    /**
     * Returns the most calls of a size that its limits of tokens, or those of requests, let begin in a nanosecond, learned paces aside.
     * Infinite without any.
     *
     * @param usual what a call reserves
     * @param ofTokens whether by the limits of tokens
     */
    public double callsPerNano(TokenCount usual, boolean ofTokens) {
        double calls = Double.POSITIVE_INFINITY;
        for (Meter meter : limits.meters()) {
            Optional<Duration> window = meter.quota().window();
            if (meter.unit().countsTokens() == ofTokens
                    && meter.source() != LimitStatus.Source.LEARNED
                    && window.isPresent()) {
                double amount = meter.quota().amount();
                calls = Math.min(
                        calls,
                        amount / Math.max(1, meter.cost(usual)) / window.get().toNanos());
            }
        }
        return calls;
    }

    /** Describes its limits. */
    public List<LimitStatus> status(long now) {
        return limits.meters().stream().map(meter -> status(meter, now)).toList();
    }

    private LimitStatus status(Meter meter, long now) {
        long left = meter.free(now);
        return new LimitStatus(
                scope,
                meter.unit(),
                meter.quota().amount(),
                meter.quota().window(),
                left,
                meter.source(),
                left > 0 ? OptionalLong.empty() : OptionalLong.of(meter.waitNanos(1, 0, 0, now)));
    }
}
