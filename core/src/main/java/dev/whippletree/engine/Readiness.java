package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Route.TargetTier;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a lane's targets that are ready for a flight, and how long the flight has to wait for the others. Guarded by
 * the engine's lock.
 *
 * <p>A lane remembers one by which no target was ready; then only targets that have changed since are looked at again.
 */
final class Readiness {

    private final Flight flight;
    private final Look look;

    private List<Target> ready = List.of();
    private int readyTier = -1;

    /** How often the flight has failed on each ready target. */
    private int failures;

    private boolean heldBack;
    private boolean tokensMatter;
    private boolean apartMatters;
    private boolean eventual;

    /** Whether every target waits for an event, however small the flight. */
    private boolean onlyEvents = true;

    /**
     * Whether a target is closed without a known end: if an earlier look counted on it, no target may be left to wait
     * for.
     */
    private boolean closed;

    private long wait = Waits.UNKNOWN;
    private long until = Waits.UNTIL_EVENT;
    private @Nullable Target soonest;

    /** Whether it relies on an earlier look. */
    private boolean relies;

    /**
     * What targets are looked at for, and when. Immutable, except for the earmarks.
     *
     * @param trigger what has changed since the last look
     * @param earmarks scopes reserved for a flight: others may use them only if that doesn't delay it
     */
    record Look(DispatchTrigger trigger, Map<ScopeState, Flight> earmarks, long now) {}

    private Readiness(Flight flight, Look look) {
        this.flight = flight;
        this.look = look;
    }

    /**
     * Looks at the targets that a flight may use.
     *
     * @param tiers the targets, tier by tier
     * @param mayWiden whether the flight may use further targets later
     * @param known what blocked this flight, or another one of its lane, at the last look
     */
    static Readiness at(List<TargetTier> tiers, boolean mayWiden, Flight flight, @Nullable Readiness known, Look look) {
        if (known != null && known.outlasts(look) && known.holds(flight)) {
            Readiness readiness = new Readiness(flight, look);
            readiness.relyOn(known);
            readiness.lookAt(tiers, mayWiden, look.trigger());
            if (!readiness.closed) {
                return readiness;
            }
        }
        Readiness readiness = new Readiness(flight, look);
        readiness.lookAt(tiers, mayWiden, DispatchTrigger.ANYTHING);
        return readiness;
    }

    /** Returns whether a target can take a flight now, without delaying a flight that has earmarked a scope. */
    static boolean canTake(Target target, Flight flight, Look look) {
        Readiness readiness = new Readiness(flight, look);
        TokenCount tokens = flight.tokens(target);
        return target.waitNanos(tokens, flight.reserveShare(), look.now) == Waits.NONE
                && readiness.heldBackNanos(tokens, target) == Waits.NONE;
    }

    /** Returns whether it still holds for the unchanged targets. */
    private boolean outlasts(Look next) {
        boolean soonestStands = soonest == null || !Waits.isKnown(wait) || !next.trigger.concerns(soonest);
        return !next.trigger.everything() && soonestStands && next.now < until;
    }

    /** Returns whether what blocks its flight blocks another one of the lane too. */
    private boolean holds(Flight other) {
        return !tokensMatter
                || other == flight
                || (other.demand().isAlikeEverywhere()
                        && flight.demand().isAlikeEverywhere()
                        && other.mostTokens().equals(flight.mostTokens()));
    }

    private void relyOn(Readiness known) {
        relies = true;
        wait = Waits.isKnown(known.wait) ? known.wait - (look.now - known.look.now) : known.wait;
        until = known.until;
        soonest = known.soonest;
        tokensMatter = known.tokensMatter;
        apartMatters = known.apartMatters;
        eventual = known.eventual;
        onlyEvents = known.onlyEvents;
    }

    private void lookAt(List<TargetTier> tiers, boolean mayWiden, DispatchTrigger trigger) {
        for (int tier = 0; tier < tiers.size() && (ready.isEmpty() || failures > 0); tier++) {
            for (Target target : tiers.get(tier).concernedBy(trigger)) {
                lookAt(target, tier);
            }
        }
        if (ready.isEmpty() && !mayWiden) {
            lookForProbes(tiers, trigger);
        }
    }

    /** A flight that no other target takes may probe one that is cooling down. */
    private void lookForProbes(List<TargetTier> tiers, DispatchTrigger trigger) {
        for (int tier = 0; tier < tiers.size() && ready.isEmpty(); tier++) {
            for (Target target : tiers.get(tier).concernedBy(trigger)) {
                if (target.isOut()) {
                    take(target, tier, target.probeNanos(flight.tokens(target), flight.reserveShare(), look.now));
                }
            }
        }
    }

    private void lookAt(Target target, int tier) {
        tokensMatter |= target.countsTokens();
        apartMatters |= target.countsApart();
        take(target, tier, target.waitNanos(flight.tokens(target), flight.reserveShare(), look.now));
    }

    private void take(Target target, int tier, long found) {
        TokenCount tokens = flight.tokens(target);
        if (found != Waits.NONE) {
            await(target, found);
            return;
        }
        long held = heldBackNanos(tokens, target);
        if (held == Waits.NONE) {
            add(target, tier);
        } else {
            heldBack = true;
            onlyEvents = false;
            eventual = true; // The flight that holds the earmark may leave before both fit.
            await(target, held);
        }
    }

    private void await(Target target, long found) {
        if (found < wait) {
            wait = found;
            soonest = target;
        }
        eventual |= found == Waits.UNTIL_EVENT || target.mayBeSooner();
        onlyEvents &= found == Waits.UNTIL_EVENT;
        closed |= found == Waits.UNKNOWN;
        long again = found == Waits.UNKNOWN ? target.checkedAgainNanos(look.now) : found;
        if (Waits.isKnown(again)) {
            until = Math.min(until, look.now + again);
        }
    }

    /** Prefers, among ready targets, those on which the flight has failed least often. */
    private void add(Target target, int tier) {
        int failed = flight.failuresOn(target);
        if (ready.isEmpty() || failed < failures) {
            ready = new ArrayList<>();
            readyTier = tier;
            failures = failed;
        }
        if (tier == readyTier && failed == failures) {
            ready.add(target);
        }
    }

    /**
     * Returns how long until the flight delays no flight that has earmarked a scope of the target. A flight that
     * reserves more of a limit for others can't hold it.
     */
    private long heldBackNanos(TokenCount tokens, Target target) {
        return look.earmarks.isEmpty()
                ? Waits.NONE
                : Math.max(
                        heldBackNanos(tokens, target, target.organization()),
                        heldBackNanos(tokens, target, target.modelScope()));
    }

    private long heldBackNanos(TokenCount tokens, Target target, ScopeState scope) {
        Flight holder = look.earmarks.get(scope);
        return holder == null || holder == flight || flight.reserveShare() < holder.reserveShare()
                ? Waits.NONE
                : scope.delayNanos(tokens, holder.tokens(target), holder.reserveShare(), look.now);
    }

    /**
     * Returns what to remember of what blocks flights like this one: this, or if a changed target is ready, what it
     * relies on; null if nothing can be remembered. A flight held back only by an earmark isn't remembered: it may
     * begin once that is gone, without any change of a target.
     *
     * @param before what was remembered until now
     */
    @Nullable Readiness toRemember(@Nullable Readiness before) {
        if (heldBack) {
            return null;
        }
        if (ready.isEmpty()) {
            return this;
        }
        return relies ? before : null;
    }

    /**
     * Returns the ready targets on which the flight has failed least often, of the first tier with any, in configured
     * order.
     */
    List<Target> ready() {
        return ready;
    }

    int readyTier() {
        return readyTier;
    }

    /**
     * Returns the shortest wait for a target that isn't ready. A free target that another flight has earmarked counts
     * as not ready.
     */
    long waitNanos() {
        return wait;
    }

    /**
     * Returns how long until the targets have to be looked at again if none of them changes before: until the shortest
     * wait is over, or a closure without a known end is checked.
     */
    long nextLookNanos() {
        return Waits.isKnown(until) ? until - look.now : until;
    }

    /** Returns whether the result depends on how many tokens the flight needs. */
    boolean tokensMatter() {
        return tokensMatter;
    }

    /**
     * Returns whether a smaller flight may fit where this one doesn't. None does while only slots or health hold it up.
     */
    boolean lessMayFit() {
        return !onlyEvents;
    }

    /** Returns whether a limit of the targets counts input or output tokens alone. */
    boolean apartMatters() {
        return apartMatters;
    }

    /** Returns whether no target can be ready before {@link #waitNanos}. */
    boolean isCertain() {
        return !eventual;
    }

    /** Returns the target with the shortest wait; null if none will ever take the flight. */
    @Nullable Target soonest() {
        return soonest;
    }
}
