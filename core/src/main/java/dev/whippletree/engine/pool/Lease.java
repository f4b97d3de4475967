package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.CallUse;
import dev.whippletree.engine.scope.LimitRefusal;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenCount;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The resources of a running attempt: a slot of its account and of its target, and what it uses of their scopes.
 * Guarded by the engine's lock. Ended exactly once; ending it again is a defect of the engine and throws.
 */
public final class Lease {

    private final Target target;
    private final CallUse call;
    private final Health.Begun health;
    private final int tokenEpoch;
    private final int underWay;
    private boolean admitted;
    private boolean ended;

    /** Takes the slots and reserves; that everything fits was checked before. */
    public Lease(Target target, TokenCount tokens, long now) {
        this.target = target;
        target.occupy(this, now);
        this.call = new CallUse(target.organization(), target.modelScope(), tokens, now);
        this.health = target.health().begin(now);
        this.underWay = target.account().inFlight();
        this.tokenEpoch = target.account().tokenEpoch();
        target.begun(this, now);
    }

    public Target target() {
        return target;
    }

    public CallUse call() {
        return call;
    }

    /** Returns the token to end the attempt with at its target's health. */
    public Health.Begun health() {
        return health;
    }

    /** Returns what a limit applies to: by the service's word, else by the account's settings, perhaps unknown. */
    public Reach limitScope(Reach said) {
        return said == Reach.UNKNOWN ? target.account().settings().limitScope().orElse(said) : said;
    }

    /** Returns whether the account's token is still the one that it began with. */
    public boolean hasPresentToken() {
        return tokenEpoch == target.account().tokenEpoch();
    }

    /** Returns when it began: the service hadn't counted the request by then. */
    public long beganNanos() {
        return call.beganNanos();
    }

    public void sent(long now) {
        target.account().transitNanos().ifPresent(transit -> call.sent(now + transit, now));
    }

    /**
     * The request is to be sent once more, though the service may have counted it. Returns whether the stated limits
     * have room for that; then it is reserved.
     */
    public boolean repeat(long now) {
        return call.repeat(target.account().lostUntil(now), now);
    }

    /**
     * Returns the latest moment at which the service can have counted the request; for one under way that is to come.
     */
    public long arrivedBy(long now) {
        return call.arrivedAt().orElseGet(() -> target.account().lostUntil(now));
    }

    /** The service admitted the request. Returns whether that is news. */
    public boolean admitted(long now) {
        if (admitted) {
            return false;
        }
        admitted = true;
        target.account().admitted(underWay, beganNanos());
        call.admitted(now);
        return true;
    }

    /**
     * A limit of one of its scopes refused the request.
     *
     * @param reported the service's Retry-After, if any
     * @param chance 0 to 1, for a pause of our own
     */
    public LimitRefusal refused(ScopeState scope, OptionalLong reported, double chance, long now) {
        Account account = target.account();
        LimitRefusal refusal = call.refused(scope, reported, chance, account.isCrowded(underWay, beganNanos()), now);
        if (refusal.doubtsTransit()) {
            account.distrustTransit();
        }
        account.refused(refusal.rate(), underWay, beganNanos(), now);
        return refusal;
    }

    /** Ends it: what was reserved is used, in full or by what the service says it counted. */
    public void end(Optional<TokenCount> counted, long now) {
        leave();
        call.end(arrivedBy(now), counted, now);
    }

    public void release(long now) {
        leave();
        call.release(now);
    }

    private void leave() {
        if (ended) {
            throw new IllegalStateException("a lease of " + target.id() + " was ended twice");
        }
        ended = true;
        target.vacate(this);
    }
}
