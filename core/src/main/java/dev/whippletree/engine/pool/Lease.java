package dev.whippletree.engine.pool;

import dev.whippletree.model.TokenCount;
import dev.whippletree.quota.Quota.Use;
import dev.whippletree.quota.ReportedQuota;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a running attempt: a slot of its account and of its target, and reservations of their limits.
 * Guarded by the engine's lock. Ended exactly once; ending it again is a defect of the engine and throws.
 */
public final class Lease {

    private final Target target;
    private final TokenCount tokens;
    private final long beganNanos;
    private final List<Meter.Hold> holds = new ArrayList<>(4);
    private final List<ScopeState> scopes = new ArrayList<>(2);
    private OptionalLong sentBy = OptionalLong.empty();
    private boolean arrived;
    private long arrivedAt;
    private boolean letIn;
    private boolean ended;
    private @Nullable Meter usedUp;
    private long tokensUsed = Long.MAX_VALUE;
    private final Health.Begun health;
    private final int tokenEpoch;
    private final int underWay;

    /** How many calls its organization had been let in when it began. */
    private final long letInBefore;

    /** How many of its holds are of limits that were known when it began: the first ones. */
    private final int knownLimits;

    /** Takes the slots and reserves; that all of it fits was asked before. */
    public Lease(Target target, TokenCount tokens, long now) {
        this.target = target;
        this.tokens = tokens;
        this.beganNanos = now;
        this.letInBefore = target.organization().letInCalls();
        target.occupy(this, now);
        join(target.organization(), now);
        join(target.modelScope(), now);
        this.health = target.health().begin(now);
        this.underWay = target.account().inFlight();
        this.tokenEpoch = target.account().tokenEpoch();
        this.knownLimits = holds.size();
        target.begun(this, now);
    }

    private void join(ScopeState scope, long now) {
        scopes.add(scope);
        scope.join(this, now);
    }

    /** Uses one more scope, as if it had from the start. */
    void joinLate(ScopeState scope) {
        scopes.add(scope);
    }

    /** Reserves of one more limit. */
    void hold(Meter meter, long now) {
        holds.add(meter.reserve(tokens, now));
    }

    /** Reserves of a limit that the service has told of only now. */
    void holdLate(Meter meter, ReportedQuota quota, long now) {
        holds.add(new Meter.Hold(meter, quota.reserve(meter.cost(tokens), beganNanos, now)));
    }

    /** Reserves of a limit that is counted only from now on, as if it had been from the start. */
    void holdLate(Meter meter, long now) {
        hold(meter, now);
        Use use = useOf(meter);
        sentBy.ifPresent(latest -> use.sent(latest, now));
        if (arrived) {
            use.arrived(arrivedAt);
        }
    }

    /** Says of a limit that was learned only now whether the service has counted the request. */
    void catchUp(Meter meter, long now) {
        if (arrived) {
            useOf(meter).arrived(now);
        }
    }

    /** Returns what it reserved of a limit that it holds. */
    Use useOf(Meter meter) {
        for (Meter.Hold hold : holds) {
            if (hold.meter() == meter) {
                return hold.use();
            }
        }
        throw new IllegalStateException("a lease was asked for a limit that it doesn't hold");
    }

    /** The service said, in answer to it, how many tokens of a limit were used in all. */
    void foundUsed(long tokens) {
        tokensUsed = Math.min(tokensUsed, tokens);
    }

    /** Returns the tokens of a limit that were used in all, by a report in its answer; {@code Long.MAX_VALUE} if there was none. */
    long tokensUsed() {
        return tokensUsed;
    }

    /** The service said, in answer to it, that less than it asks for is left of a limit. */
    void foundUsedUp(Meter meter) {
        usedUp = meter;
    }

    /** Returns the limit of which less was left than it asks for, by the service's answer to it. */
    Optional<Meter> usedUp() {
        return Optional.ofNullable(usedUp);
    }

    /** Returns whether it began only because a limit that was known seemed to have room for it. */
    boolean foundRoomIn(Meter meter) {
        return holds.subList(0, knownLimits).stream().anyMatch(hold -> hold.meter() == meter);
    }

    /** The request has been written. */
    public void sent(long now) {
        OptionalLong transit = target.account().transitNanos();
        if (transit.isPresent()) {
            long latest = now + transit.getAsLong();
            sentBy = OptionalLong.of(latest);
            holds.forEach(hold -> hold.use().sent(latest, now));
        }
    }

    /** The service has counted the request by now. */
    public void arrived(long now) {
        if (!arrived) {
            arrived = true;
            arrivedAt = now;
            holds.forEach(hold -> hold.use().arrived(now));
        }
    }

    public Target target() {
        return target;
    }

    /** Returns what its target's health ends the attempt with. */
    public Health.Begun health() {
        return health;
    }

    /** Returns whether the account still has the token that it had when it began. */
    public boolean hasPresentToken() {
        return tokenEpoch == target.account().tokenEpoch();
    }

    /** The service let in the request. Returns whether that is news. */
    public boolean letIn(long now) {
        if (letIn) {
            return false;
        }
        letIn = true;
        target.account().letIn(underWay, beganNanos);
        target.organization().letIn(this, now);
        target.modelScope().letIn(this, now);
        return true;
    }

    boolean isLetIn() {
        return letIn;
    }

    /**
     * A limit of one of its scopes refused the request.
     *
     * @param told how long the service said to wait, if it did
     * @param chance 0 to 1, for a pause of our own
     */
    public Refusal refused(ScopeState scope, OptionalLong told, double chance, long now) {
        Account account = target.account();
        Refusal refusal = scope.refused(this, told, chance, account.isCrowded(underWay, beganNanos), now);
        if (refusal.doubtsTransit()) {
            account.distrustTransit();
        }
        account.refused(refusal.rate(), underWay, beganNanos, now);
        return refusal;
    }

    /** Returns when it began: the service hadn't counted the request by then. */
    public long beganNanos() {
        return beganNanos;
    }

    /** Returns how many calls of its organization the service had let in when it began. */
    long letInBefore() {
        return letInBefore;
    }

    /** Returns the tokens that it reserved. */
    public TokenCount tokens() {
        return tokens;
    }

    /** Returns the latest moment at which the service can have counted the request; for one under way that is to come. */
    public long arrivedBy(long now) {
        return arrived ? arrivedAt : target.account().lostUntil(now);
    }

    /** Ends it: what was reserved is used, in full or by what the service says it counted. */
    public void end(Optional<TokenCount> counted, long now) {
        leave(now);
        if (!arrived) {
            long latest = arrivedBy(now);
            holds.forEach(hold -> hold.use().lost(latest, now));
        }
        counted.ifPresent(actual -> settle(actual, now));
    }

    private void settle(TokenCount actual, long now) {
        for (Meter.Hold hold : holds) {
            if (hold.meter().unit().countsTokens()) {
                hold.use().settle(hold.meter().cost(actual), now);
            }
        }
    }

    /** Ends it: nothing was ever sent. */
    public void release(long now) {
        leave(now);
        holds.forEach(hold -> hold.use().release(now));
    }

    private void leave(long now) {
        if (ended) {
            throw new IllegalStateException("a lease of " + target.id() + " was ended twice");
        }
        ended = true;
        target.vacate(this);
        scopes.forEach(scope -> scope.leave(this, now));
    }
}
