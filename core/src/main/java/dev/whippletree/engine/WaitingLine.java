package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.settings.TenantWeights;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The flights that no target can take just now, fair between tenants, and between the sessions of each. Guarded by the engine's lock.
 *
 * <p>Turns are given by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) on two levels. A tenant's turn starts where
 * its last one ended, or at the turn now being served if that is later; one of twice the weight ends its turns in half the time. A
 * tenant with a thousand flights thus has its second one served after the first one of everybody else, in however many sessions
 * they are. Which of its flights has the tenant's turn is decided in the same way between its sessions. Entering, leaving, finding
 * the next and serving it cost O(log n) in the length of the line, and are linear in the lanes where the tenant waits, which are few.
 */
final class WaitingLine {

    private static final int FEWEST_KEPT = 1_000;

    private final Map<TargetOptions.Key, Lane> lanes = new LinkedHashMap<>();

    /** The lanes by their first flights. */
    private final NavigableMap<Lane.Position, Lane> inTurn = new TreeMap<>();

    private final Map<String, Tenant> tenants = new HashMap<>();

    /** Flights that were taken out and come back to their turns, or have ended meanwhile. */
    private final Set<Flight> away = new HashSet<>(0);

    private final TurnCost cost = new TurnCost();
    private final Backlog backlog;
    private TenantWeights weights;

    /** The turns of tenants, and of their sessions, that are served now. */
    private double serving;

    private double servingOfSessions;
    private long tenantsSeen;
    private long entered;
    private int remembered;
    private int size;

    WaitingLine(TenantWeights weights) {
        this.weights = weights;
        this.backlog = new Backlog(weights);
    }

    int size() {
        return size;
    }

    Collection<Lane> lanes() {
        return lanes.values();
    }

    /** Returns who waits, and who gives way. */
    Backlog backlog() {
        return backlog;
    }

    /** Returns whether a flight waits. */
    boolean contains(Flight flight) {
        return flight.place() != null;
    }

    /** Returns the lane of a flight that waits. */
    Lane laneOf(Flight flight) {
        return TenantQueue.of(flight).lane();
    }

    /** Goes on with other weights: turns that have begun end where they would have. */
    void weigh(TenantWeights next) {
        weights = next;
        tenants.forEach((name, tenant) -> tenant.weigh(next.of(name)));
        backlog.weigh(next);
    }

    /** Adds a flight; one that was in the line before goes back to its turn. */
    void add(Flight flight) {
        Lane lane = lanes.computeIfAbsent(flight.options().key(), key -> new Lane(key, flight.options()));
        Tenant tenant = tenants.computeIfAbsent(flight.prompt().tenant(), this::tenant);
        away.remove(flight);
        size++;
        int sessionsBefore = tenant.sessions();
        double turn;
        if (flight.order() > 0) {
            move(tenant, tenant.start() - flight.takeCharge());
            turn = flight.turn();
        } else {
            if (!lane.has(tenant)) {
                move(tenant, Math.max(serving, tenant.start()));
            }
            flight.cost(cost.of(flight, lane.ever()));
            flight.letGo();
            turn = tenant.turnFor(flight);
        }
        tenant.enter(flight);
        remembered += tenant.sessions() - sessionsBefore;
        TenantQueue queue = lane.queueOf(tenant);
        flight.enter(queue, turn, flight.order() > 0 ? flight.order() : ++entered);
        backlog.add(flight);
        lane.add(queue, flight);
        arrange(lane);
    }

    private Tenant tenant(String name) {
        return new Tenant(++tenantsSeen, weights.of(name), serving, servingOfSessions);
    }

    /** Moves where a tenant's next turn starts, and its queues with it. */
    private void move(Tenant tenant, double start) {
        if (start == tenant.start()) {
            return;
        }
        List<TenantQueue> queues = tenant.queues();
        queues.forEach(queue -> queue.lane().leaveOut(queue));
        tenant.start(start);
        queues.forEach(queue -> {
            queue.lane().putBack(queue);
            arrange(queue.lane());
        });
    }

    /** Puts a lane where its first flight stands now. */
    private void arrange(Lane lane) {
        Lane.Position before = lane.position();
        if (before != null) {
            inTurn.remove(before);
        }
        Lane.Position now = lane.findPosition();
        if (now != null) {
            inTurn.put(now, lane);
        }
    }

    /** Removes a flight that leaves without being served. */
    void remove(Flight flight) {
        if (contains(flight)) {
            leave(flight);
            forgetIdle();
        }
    }

    /** Takes out a flight of the line that goes back to its turn; its session keeps its place meanwhile. */
    void takeOut(Flight flight) {
        away.add(flight);
        leave(flight);
    }

    private void leave(Flight flight) {
        TenantQueue queue = TenantQueue.of(flight);
        Lane lane = queue.lane();
        lane.remove(queue, flight);
        backlog.remove(flight);
        queue.tenant().leave(flight);
        flight.leaveLine();
        arrange(lane);
        if (lane.isEmpty()) {
            lanes.remove(lane.key());
        }
        size--;
    }

    /**
     * Forgets tenants and sessions with nothing in the line once that gives them no advantage: when the line is empty and everybody
     * starts anew. Who asks one by one would otherwise go first each time. In a line that is never empty those without a flight are
     * forgotten when there are many of them, which bounds the memory.
     */
    private void forgetIdle() {
        if (size == 0 && nobodyComesBack()) {
            tenants.clear();
            remembered = 0;
        } else if (away.isEmpty() && remembered > FEWEST_KEPT + 2L * size) {
            tenants.values().forEach(Tenant::forgetIdle);
            tenants.values().removeIf(tenant -> tenant.sessions() == 0);
            remembered = tenants.values().stream().mapToInt(Tenant::sessions).sum();
        }
    }

    private boolean nobodyComesBack() {
        away.removeIf(flight -> flight.stage() == Flight.Stage.ENDED);
        return away.isEmpty();
    }

    /** Returns of how many sessions it remembers their turns. */
    int sessions() {
        return remembered;
    }

    /** Gives a batch flight that somebody is waiting for now the turn of an urgent one, if that is sooner than its own. */
    void hurry(Flight flight) {
        takeOut(flight);
        double turn = flight.turn();
        flight.hurry();
        add(flight);
        if (turn < flight.turn()) {
            takeOut(flight);
            flight.keepTurn(turn);
            add(flight);
        }
    }

    /**
     * Removes a flight because it is served: the turn that was up in its lane is now the one being served. Its tenant's next turn
     * starts where this one ends.
     */
    void serve(Flight flight) {
        TenantQueue queue = TenantQueue.of(flight);
        Tenant tenant = queue.tenant();
        Lane.Position up = queue.lane().position();
        if (up != null) {
            serving = Math.max(serving, up.start());
        }
        servingOfSessions = Math.max(servingOfSessions, tenant.served(flight));
        double charge = flight.cost() / tenant.weight();
        leave(flight);
        move(tenant, Math.max(serving, tenant.start()) + charge);
        flight.charged(charge);
        flight.letGo();
        forgetIdle();
    }

    /** The first flight of a lane doesn't fit: it keeps its place until it is served, whatever its tenant begins meanwhile. */
    void hold(Flight first) {
        Lane lane = laneOf(first);
        lane.hold(first);
        arrange(lane);
    }

    /** Returns where a lane's first flight stands, from which the next is found. */
    Lane.@Nullable Position positionOf(Lane lane) {
        return lane.position();
    }

    /** Returns the first flight of that lane which is the next after a position, or the very first; null if there is none. */
    @Nullable Flight next(Lane.@Nullable Position after) {
        Map.Entry<Lane.Position, Lane> next = after == null ? inTurn.firstEntry() : inTurn.higherEntry(after);
        return next == null ? null : next.getValue().first();
    }

    /** Returns how many flights of a lane go before another, and what they ask for. */
    Before before(Flight flight, Lane lane) {
        Tenant tenant = TenantQueue.of(flight).tenant();
        double own = 0;
        for (TenantQueue queue : tenant.queues()) {
            own += queue.before(flight).flights() * queue.meanCost();
        }
        return lane.before(flight, tenant, tenant.start() + own / tenant.weight());
    }
}
