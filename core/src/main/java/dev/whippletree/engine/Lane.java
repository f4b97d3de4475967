package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.Tier;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Waiting flights of one priority that may use the same targets, so that what holds up the first of them holds up all that ask no less. Guarded
 * by the engine's lock.
 */
final class Lane {

    private final Key key;
    private final List<Tier> tiers = new ArrayList<>(1);
    private final Set<Target> eligible = new HashSet<>();
    private final List<Target> ever;
    private final boolean canWiden;
    private final Map<Tenant, TenantQueue> queues = new HashMap<>(2);
    private final TurnTree<TenantQueue> waiting = new TurnTree<>();
    private final TurnCounts counts = new TurnCounts();

    /** Flights that came first and didn't fit: they keep the places that they had then. */
    private final NavigableSet<Flight> held =
            new TreeSet<>(Comparator.comparingDouble(Flight::heldStart).thenComparingLong(Flight::order));

    private @Nullable Blockage blockageOfFirst;
    private final Map<Limit.Unit, Blockage> blockagesOfSmallest = new EnumMap<>(Limit.Unit.class);
    private @Nullable Position position;

    /**
     * Flights with equal keys share a lane. Immutable.
     *
     * @param options which targets they may use
     * @param priority how urgent they are
     * @param absent whether nobody waits for them: only their turns are kept
     */
    record Key(TargetOptions.Key options, Priority priority, boolean absent) {

        static Key of(Flight flight) {
            return new Key(flight.options().key(), flight.priority(), flight.isAbsent());
        }
    }

    /**
     * Where a lane's first flight stands among those of all lanes. Immutable.
     *
     * @param priority how urgent it is: people go before batch
     * @param start of its tenant
     * @param tenant its tenant's number
     * @param turn its own, among its tenant's
     * @param order tells it from all others
     */
    record Position(Priority priority, double start, long tenant, double turn, long order)
            implements Comparable<Position> {

        @Override
        public int compareTo(Position other) {
            if (priority != other.priority) {
                return priority.compareTo(other.priority);
            }
            int byTenant =
                    start != other.start ? Double.compare(start, other.start) : Long.compare(tenant, other.tenant);
            if (byTenant != 0) {
                return byTenant;
            }
            return turn != other.turn ? Double.compare(turn, other.turn) : Long.compare(order, other.order);
        }
    }

    /** Creates an empty lane for flights with such options. */
    Lane(Key key, TargetOptions like) {
        this.key = key;
        this.ever = like.ever();
        this.canWiden = like.canWiden();
        for (int tier = 0; tier < like.tiers(); tier++) {
            tiers.add(like.ofTier(tier));
        }
        if (!key.absent()) {
            tiers.forEach(tier -> eligible.addAll(tier.targets()));
        }
    }

    Key key() {
        return key;
    }

    Priority priority() {
        return key.priority();
    }

    /** Returns whether its flights may use a target now. */
    boolean isEligible(Target target) {
        return eligible.contains(target);
    }

    /** Returns whether widening would make more targets eligible for its flights. */
    boolean canWiden() {
        return canWiden;
    }

    /** Returns whether flights here and there may use a target alike. */
    boolean meets(Lane other) {
        return eligible.stream().anyMatch(other.eligible::contains);
    }

    /** Returns the most tokens of each kind that any of its flights asks for. */
    TokenCount largest() {
        return waiting.largest();
    }

    /** Returns the targets that its flights may use at all, of whatever tier. */
    List<Target> ever() {
        return ever;
    }

    /** Returns a tenant's flights here, which may be none. */
    TenantQueue queueOf(Tenant tenant) {
        return queues.computeIfAbsent(tenant, unused -> new TenantQueue(tenant, this));
    }

    /** Returns whether a tenant has flights here. */
    boolean has(Tenant tenant) {
        return queues.containsKey(tenant);
    }

    /** Adds a flight that has entered the line. */
    void add(Place place) {
        TenantQueue queue = place.queue();
        queue.add(place);
        if (queue.size() == 1) {
            waiting.add(queue, queue.start(), queue.tenant().number());
            queue.tenant().queues().add(queue);
        } else {
            waiting.changed(queue);
        }
        counts.changed(queue);
        if (place.flight().isHeld()) {
            held.add(place.flight());
        }
    }

    void remove(Place place) {
        TenantQueue queue = place.queue();
        if (place.flight().isHeld()) {
            held.remove(place.flight());
        }
        queue.remove(place);
        if (queue.size() == 0) {
            waiting.remove(queue);
            queues.remove(queue.tenant());
            queue.tenant().queues().remove(queue);
            counts.remove(queue);
        } else {
            waiting.changed(queue);
            counts.changed(queue);
        }
    }

    /** A tenant's start is about to move: its queue is left out until it is put back. */
    void leaveOut(TenantQueue queue) {
        waiting.remove(queue);
    }

    void putBack(TenantQueue queue) {
        waiting.add(queue, queue.start(), queue.tenant().number());
        counts.changed(queue);
    }

    /** A tenant has another weight. */
    void weighed(TenantQueue queue) {
        counts.changed(queue);
    }

    /** The first flight keeps its place, whatever its tenant begins besides. */
    void hold(Flight first) {
        if (!first.isHeld()) {
            first.hold(Place.of(first).queue().start());
            held.add(first);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return (int) waiting.all().flights();
    }

    /**
     * Returns how many of them go before a flight, and what they ask for.
     *
     * @param tenant whose it is
     * @param start when its turn starts
     */
    Before before(Flight flight, Tenant tenant, double start) {
        TenantQueue own = queues.get(tenant);
        Before others = counts.before(start, tenant, own);
        return own == null ? others : others.plus(own.before(flight));
    }

    /** Returns how many they are, and what they ask for. */
    Before all() {
        return waiting.all();
    }

    /** Returns the one whose turn comes first; null if there is none. */
    @Nullable Flight first() {
        if (!held.isEmpty()) {
            return held.first();
        }
        TenantQueue first = waiting.first();
        return first == null ? null : first.first();
    }

    /** Returns where its first flight stood when the line last looked. */
    @Nullable Position position() {
        return position;
    }

    /** Looks where its first flight stands now; nowhere if there is none, or only turns are kept. */
    @Nullable Position findPosition() {
        Flight first = first();
        if (first == null || key.absent()) {
            position = null;
        } else {
            TenantQueue queue = Place.of(first).queue();
            double start = first.isHeld() ? first.heldStart() : queue.start();
            position = new Position(priority(), start, queue.tenant().number(), first.turn(), first.order());
        }
        return position;
    }

    /**
     * Returns the one that asks for the fewest tokens of a kind: if it doesn't fit a limit of that kind, none does. Null if there is
     * none.
     */
    @Nullable Flight smallest(Limit.Unit unit) {
        return waiting.smallest(unit);
    }

    /**
     * Looks for targets for its first flight.
     *
     * @param change what has happened since the last time
     * @param earmarks scopes that may be used only as far as that doesn't delay a flight
     */
    Readiness lookFor(Flight first, Change change, Map<ScopeState, Flight> earmarks, long now) {
        Readiness readiness = Readiness.at(tiers, canWiden, first, blockageOfFirst, change, earmarks, now);
        blockageOfFirst = readiness.blockage();
        return readiness;
    }

    /** Looks for targets for its smallest flight by a unit. */
    Readiness lookForSmallest(
            Limit.Unit unit, Flight smallest, Change change, Map<ScopeState, Flight> earmarks, long now) {
        Readiness readiness =
                Readiness.at(tiers, canWiden, smallest, blockagesOfSmallest.get(unit), change, earmarks, now);
        @Nullable Blockage blockage = readiness.blockage();
        if (blockage == null) {
            blockagesOfSmallest.remove(unit);
        } else {
            blockagesOfSmallest.put(unit, blockage);
        }
        return readiness;
    }
}
