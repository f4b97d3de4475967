package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.pool.Route.Tier;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the targets of a lane that are ready for a flight, and how long the flight has to wait for the others. Guarded by the engine's lock.
 *
 * <p>A {@link Blockage} from an earlier look says which targets aren't ready. Only those that have changed since are looked at again.
 */
final class Readiness {

    private final Flight flight;
    private final Map<ScopeState, Flight> earmarks;
    private final long now;

    private List<Target> ready = List.of();
    private int readyTier = -1;

    /** How often the flight has failed on each of those that are ready. */
    private int failures;

    private boolean heldBack;
    private boolean tokensMatter;
    private boolean apartMatters;
    private boolean eventual;

    /** Whether all targets have to await an event, whatever a flight asks for. */
    private boolean onlyEvents = true;

    /** Whether a target is closed for a time nobody knows: if it was one to wait for, there may be none left. */
    private boolean closed;

    private long wait = Waits.UNKNOWN;
    private long until = Waits.UNTIL_EVENT;
    private @Nullable Target soonest;
    private @Nullable Blockage stillKnown;

    private Readiness(Flight flight, Map<ScopeState, Flight> earmarks, long now) {
        this.flight = flight;
        this.earmarks = earmarks;
        this.now = now;
    }

    /**
     * Looks at the targets that a flight may use.
     *
     * @param tiers the targets, tier by tier
     * @param mayWiden whether there are others that it may use later
     * @param known what held up the flight, or another of its lane, when it was last looked at
     * @param change what has happened since then
     * @param earmarks scopes that may be used only as far as that doesn't delay a flight
     */
    static Readiness at(
            List<Tier> tiers,
            boolean mayWiden,
            Flight flight,
            @Nullable Blockage known,
            Change change,
            Map<ScopeState, Flight> earmarks,
            long now) {
        if (known != null && known.outlasts(change, now) && known.holds(flight)) {
            Readiness readiness = new Readiness(flight, earmarks, now);
            readiness.relyOn(known);
            readiness.lookAt(tiers, mayWiden, change);
            if (!readiness.closed) {
                return readiness;
            }
        }
        Readiness readiness = new Readiness(flight, earmarks, now);
        readiness.lookAt(tiers, mayWiden, Change.ANYTHING);
        return readiness;
    }

    /** Returns whether a target can take a flight now, without delaying one that has earmarked a scope. */
    static boolean canTake(Target target, Flight flight, Map<ScopeState, Flight> earmarks, long now) {
        Readiness readiness = new Readiness(flight, earmarks, now);
        TokenCount tokens = flight.tokens(target);
        return target.waitNanos(tokens, flight.leave(), now) == Waits.NONE
                && readiness.heldBackNanos(tokens, target) == Waits.NONE;
    }

    private void relyOn(Blockage known) {
        stillKnown = known;
        wait = known.waitNanos(now);
        until = known.until();
        soonest = known.soonest();
        tokensMatter = known.tokensMatter();
        apartMatters = known.apartMatters();
        eventual = known.eventual();
        onlyEvents = known.onlyEvents();
    }

    private void lookAt(List<Tier> tiers, boolean mayWiden, Change change) {
        for (int tier = 0; tier < tiers.size() && (ready.isEmpty() || failures > 0); tier++) {
            for (Target target : tiers.get(tier).concernedBy(change)) {
                lookAt(target, tier);
            }
        }
        if (ready.isEmpty() && !mayWiden) {
            lookForProbes(tiers, change);
        }
    }

    /** What no other target takes may probe one that is cooling down. */
    private void lookForProbes(List<Tier> tiers, Change change) {
        for (int tier = 0; tier < tiers.size() && ready.isEmpty(); tier++) {
            for (Target target : tiers.get(tier).concernedBy(change)) {
                if (target.isOut()) {
                    take(target, tier, target.probeNanos(flight.tokens(target), flight.leave(), now));
                }
            }
        }
    }

    private void lookAt(Target target, int tier) {
        tokensMatter |= target.countsTokens();
        apartMatters |= target.countsApart();
        take(target, tier, target.waitNanos(flight.tokens(target), flight.leave(), now));
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
            eventual = true; // Whoever it is held back for may leave before both fit.
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
        long again = found == Waits.UNKNOWN ? target.checkedAgainNanos(now) : found;
        if (Waits.isKnown(again)) {
            until = Math.min(until, now + again);
        }
    }

    /** Of several that are ready, one that has refused the flight isn't taken first again. */
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

    /** Returns how long until it delays nobody who has earmarked a scope of the target. Who leaves more of a limit has no claim on the rest. */
    private long heldBackNanos(TokenCount tokens, Target target) {
        return earmarks.isEmpty()
                ? Waits.NONE
                : Math.max(
                        heldBackNanos(tokens, target, target.organization()),
                        heldBackNanos(tokens, target, target.modelScope()));
    }

    private long heldBackNanos(TokenCount tokens, Target target, ScopeState scope) {
        Flight holder = earmarks.get(scope);
        return holder == null || holder == flight || flight.leave() < holder.leave()
                ? Waits.NONE
                : scope.delayNanos(tokens, holder.tokens(target), holder.leave(), now);
    }

    /**
     * Returns what is known to hold up flights such as this, but for targets that the change concerns if one of those is ready; null
     * if nothing is. One that is only held back for another's sake may begin once that one is gone, whatever happens to the targets,
     * so there is nothing to rely on.
     */
    @Nullable Blockage blockage() {
        if (heldBack) {
            return null;
        }
        return ready.isEmpty()
                ? new Blockage(flight, tokensMatter, apartMatters, until, wait, now, eventual, onlyEvents, soonest)
                : stillKnown;
    }

    /**
     * Returns the ready targets on which the flight has failed least often, of the first tier that has such, in configured order.
     */
    List<Target> ready() {
        return ready;
    }

    /** Returns the tier of those. */
    int readyTier() {
        return readyTier;
    }

    /** Returns the shortest wait of the others. One that is free, but earmarked by another flight, has to wait for that. */
    long waitNanos() {
        return wait;
    }

    /** Returns whether it depends on how many tokens the flight asks for. */
    boolean tokensMatter() {
        return tokensMatter;
    }

    /**
     * Returns whether a flight that asks for less may fit where this one doesn't. None does while slots are taken or health lets no more
     * through, which is what has to be awaited where limits have room.
     */
    boolean lessMayFit() {
        return !onlyEvents;
    }

    /** Returns whether a limit of the targets counts input or output tokens alone. */
    boolean apartMatters() {
        return apartMatters;
    }

    /** Returns whether it is certain that no target will be ready sooner than that. */
    boolean isCertain() {
        return !eventual;
    }

    /** Returns the target that has the shortest wait; null if none will ever take the flight. */
    @Nullable Target soonest() {
        return soonest;
    }

    /**
     * Cached: no target of a lane is ready before {@code until}, unless something happens to one of the targets. Immutable.
     *
     * @param flight the flight
     * @param tokensMatter whether it depends on how many tokens a flight asks for
     * @param apartMatters whether a limit counts input or output tokens alone
     * @param until on the engine's clock, when the targets have to be looked at again
     * @param shortest the shortest wait of any target
     * @param since when {@code shortest} was found
     * @param eventual whether a target may be ready at any moment, such as when an attempt on it ends
     * @param onlyEvents whether all of them have to await an event, whatever a flight asks for
     * @param soonest the target that has it; null if none will ever take the flight
     */
    record Blockage(
            Flight flight,
            boolean tokensMatter,
            boolean apartMatters,
            long until,
            long shortest,
            long since,
            boolean eventual,
            boolean onlyEvents,
            @Nullable Target soonest) {

        /** Returns whether it still says all about those targets that a change doesn't concern. */
        boolean outlasts(Change change, long now) {
            boolean soonestStands = soonest == null || !Waits.isKnown(shortest) || !change.concerns(soonest);
            return !change.everything() && soonestStands && now < until;
        }

        /** Returns whether another flight of the lane is held up in the same way. */
        boolean holds(Flight other) {
            return !tokensMatter
                    || other == flight
                    || (other.asksAlikeEverywhere()
                            && flight.asksAlikeEverywhere()
                            && other.mostTokens().equals(flight.mostTokens()));
        }

        /** Returns the shortest wait as it is now. */
        long waitNanos(long now) {
            return Waits.isKnown(shortest) ? shortest - (now - since) : shortest;
        }
    }
}
