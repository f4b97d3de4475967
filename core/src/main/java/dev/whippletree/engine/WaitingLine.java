package dev.whippletree.engine;

import dev.whippletree.engine.Tenant.Serving;
import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.model.Priority;
import dev.whippletree.settings.TenantWeights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
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
 * the next and serving it cost O(log n) in the length of the line, and are linear in the lanes, which are few.
 *
 * <p>Interactive flights go before batch flights, whoever's they are, except for those that {@link BatchShare} lets go first. Turns of each priority are given
 * apart; a batch flight that goes before interactive ones takes its tenant's interactive turn too.
 */
final class WaitingLine {

    private static final int FEWEST_KEPT = 1_000;

    private final Map<Lane.Key, Lane> lanes = new LinkedHashMap<>();

    /** The lanes by their first flights. */
    private final NavigableMap<Lane.Position, Lane> inTurn = new TreeMap<>();

    private final Map<String, Tenant> tenants = new HashMap<>();

    /** Flights that were taken out and come back to their turns, or have ended meanwhile. */
    private final Set<Flight> away = new HashSet<>(0);

    private final TurnCost cost = new TurnCost();
    private final Backlog backlog = new Backlog(tenants);
    private final BatchShare batchShare;
    private final Precedence precedence = new Precedence();
    private final Map<Priority, Serving> serving = new EnumMap<>(Priority.class);
    private TenantWeights weights;
    private int batchLanes;
    private long tenantsSeen;
    private long entered;
    private int remembered;
    private int places;

    /**
     * Creates an empty line.
     *
     * @param batchShare the share of the starts that batch flights have while interactive ones wait, 0 to 1
     */
    WaitingLine(TenantWeights weights, double batchShare) {
        this.weights = weights;
        this.batchShare = new BatchShare(batchShare);
    }

    /** Returns how many flights wait. */
    int size() {
        return inTurn.values().stream().mapToInt(Lane::size).sum();
    }

    /** Returns how many flights wait, and how many turns are kept. */
    int places() {
        return places;
    }

    /** Returns how many flights of a tenant wait. */
    int waitingOf(String tenant) {
        Tenant found = tenants.get(tenant);
        return found == null
                ? 0
                : found.queues().stream()
                        .filter(queue -> !queue.lane().key().absent())
                        .mapToInt(TenantQueue::size)
                        .sum();
    }

    /** Returns how much a tenant gets beside others. */
    int weightOf(String tenant) {
        return weights.of(tenant);
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
        return Place.of(flight).lane();
    }

    /** Goes on with other weights: turns that have begun end where they would have. */
    void weigh(TenantWeights next) {
        weights = next;
        tenants.forEach((name, tenant) -> {
            backlog.weigh(tenant, next.of(name));
            tenant.queues().forEach(queue -> queue.lane().weighed(queue));
        });
    }

    /** Adds a flight; one that was in the line before goes back to its turn. */
    void add(Flight flight) {
        Lane lane = lanes.computeIfAbsent(Lane.Key.of(flight), key -> newLane(key, flight));
        Priority priority = flight.priority();
        Tenant tenant = tenants.computeIfAbsent(flight.prompt().tenant(), this::tenant);
        away.remove(flight);
        places++;
        int sessionsBefore = tenant.sessions();
        Session session = tenant.session(flight);
        remembered += tenant.sessions() - sessionsBefore;
        double turn;
        if (flight.order() > 0) {
            move(tenant, priority, tenant.start(priority) - flight.takeCharge());
            turn = flight.turn();
        } else {
            if (priority == Priority.INTERACTIVE && !tenant.waits(priority)) {
                tenant.peopleSince(serving(priority).tenants());
            }
            if (!lane.has(tenant)) {
                move(tenant, priority, Math.max(serving(priority).tenants(), tenant.start(priority)));
            }
            flight.charged(0);
            flight.cost(cost.of(flight, lane.ever()));
            flight.letGo();
            turn = tenant.turnFor(flight, session);
        }
        boolean anew = flight.order() == 0;
        tenant.enter(session);
        Place place = new Place(flight, lane.queueOf(tenant), session);
        flight.enter(place, turn, anew ? ++entered : flight.order());
        backlog.add(place);
        lane.add(place);
        arrange(lane);
        mindLone(tenant, flight, anew);
    }

    private Lane newLane(Lane.Key key, Flight like) {
        batchLanes += key.priority() == Priority.BATCH ? 1 : 0;
        return new Lane(key, like.options());
    }

    private Serving serving(Priority priority) {
        return serving.getOrDefault(priority, Serving.FIRST);
    }

    private Tenant tenant(String name) {
        return new Tenant(++tenantsSeen, weights.of(name), serving(Priority.INTERACTIVE), serving(Priority.BATCH));
    }

    /** A tenant's only flight is lone from when it comes until another one comes. */
    private void mindLone(Tenant tenant, Flight flight, boolean anew) {
        if (tenant.waiting() > 1) {
            tenant.takeLone().ifPresent(other -> {
                other.lone(false);
                precedence.remove(other);
            });
            flight.lone(false);
        } else if (flight.priority() == Priority.INTERACTIVE && flight.calls() == 0 && (anew || flight.isLone())) {
            flight.lone(true);
            tenant.lone(flight);
            precedence.add(flight);
        }
    }

    /** Moves where a tenant's next turn of a priority starts, and its queues with it. */
    private void move(Tenant tenant, Priority priority, double start) {
        if (start == tenant.start(priority)) {
            return;
        }
        for (TenantQueue queue : tenant.queues()) {
            if (queue.lane().priority() == priority) {
                queue.lane().leaveOut(queue);
            }
        }
        tenant.start(priority, start);
        for (TenantQueue queue : tenant.queues()) {
            if (queue.lane().priority() == priority) {
                queue.lane().putBack(queue);
                arrange(queue.lane());
            }
        }
    }

    /** Puts a lane where its first flight stands now. */
    private void arrange(Lane lane) {
        Lane.Position before = lane.position();
        Lane.Position now = lane.findPosition();
        if (Objects.equals(before, now)) {
            return;
        }
        if (before != null) {
            inTurn.remove(before);
        }
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

    /** Nobody waits for a flight any more, but its turn is kept: nothing begins for it, and it counts in forecasts. */
    void keepTurn(Flight flight) {
        if (contains(flight)) {
            takeOut(flight);
        }
        flight.keepTurnOnly();
        add(flight);
    }

    private void leave(Flight flight) {
        Lane lane = laneOf(flight);
        drop(flight);
        arrange(lane);
    }

    /** Takes a flight out of its lane, which is to be arranged then. */
    private void drop(Flight flight) {
        Place place = Place.of(flight);
        Lane lane = place.lane();
        lane.remove(place);
        backlog.remove(place);
        place.tenant().leave(place.session());
        if (flight.isLone()) {
            precedence.remove(flight);
        }
        flight.leaveLine();
        if (lane.isEmpty()) {
            lanes.remove(lane.key());
            batchLanes -= lane.priority() == Priority.BATCH ? 1 : 0;
        }
        places--;
    }

    /**
     * Forgets tenants and sessions with nothing in the line once that gives them no advantage: when the line is empty and everybody
     * starts anew. Who asks one by one would otherwise go first each time. In a line that is never empty those without a flight are
     * forgotten when there are many of them, which bounds the memory.
     */
    private void forgetIdle() {
        if (places == 0 && nobodyComesBack()) {
            tenants.clear();
            remembered = 0;
        } else if (away.isEmpty() && remembered > FEWEST_KEPT + 2L * places) {
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

    /** Gives a batch flight that somebody is waiting for now the turn of an urgent one that has just come. */
    void hurry(Flight flight) {
        takeOut(flight);
        flight.hurry();
        add(flight);
    }

    /** Returns those of some flights that wait, in the order in which they would be served if targets took all of them at once. */
    List<Flight> inTurn(Collection<Flight> flights) {
        Map<Tenant, Map<Priority, Double>> next = new HashMap<>();
        Map<Flight, Double> starts = new HashMap<>();
        List<Flight> ordered = new ArrayList<>(
                flights.stream().filter(this::contains).sorted(Flight.IN_TURN).toList());
        for (Flight flight : ordered) {
            Tenant tenant = Place.of(flight).tenant();
            Priority priority = flight.priority();
            Map<Priority, Double> ofTenant = next.computeIfAbsent(tenant, other -> new EnumMap<>(Priority.class));
            double start = ofTenant.getOrDefault(priority, tenant.start(priority));
            starts.put(flight, start);
            ofTenant.put(priority, start + flight.cost() / tenant.weight());
        }
        ordered.sort(Comparator.comparing(Flight::priority).thenComparing(starts::get));
        return ordered;
    }

    /**
     * Removes a flight because it is served on a target: the turn that was up in its lane is now the one being served. Its tenant's
     * next turn starts where this one ends.
     *
     * @param beforePeople whether it is a batch flight that goes before interactive ones
     */
    void serve(Flight flight, Target target, boolean beforePeople, long now) {
        if (beforePeople) {
            batchShare.used(laneOf(flight), lanes.values());
        }
        if (batchLanes > 0) {
            batchShare.starting(target, lanes.values(), now);
        }
        serve(flight, beforePeople);
    }

    private void serve(Flight flight, boolean beforePeople) {
        Place place = Place.of(flight);
        Tenant tenant = place.tenant();
        Priority priority = flight.priority();
        Lane.Position up = place.lane().position();
        tenant.served(flight);
        tenant.mark(entered);
        Serving now = serving(priority).after(up == null ? 0 : up.start(), flight.turn());
        serving.put(priority, now);
        double charge = flight.cost() / tenant.weight();
        drop(flight);
        move(tenant, priority, Math.max(now.tenants(), tenant.start(priority)) + charge);
        arrange(place.lane());
        if (priority == Priority.INTERACTIVE) {
            tenant.peopleSince(now.tenants());
        }
        if (beforePeople) {
            takePeoplesTurn(tenant, charge);
        }
        flight.charged(charge);
        flight.letGo();
        flight.lone(false);
        forgetIdle();
    }

    /** Who uses both priorities gets no second turn; nor does he fall behind for more than two, however much of his batch goes first. */
    private void takePeoplesTurn(Tenant tenant, double charge) {
        double serving = serving(Priority.INTERACTIVE).tenants();
        double since = tenant.waits(Priority.INTERACTIVE) ? tenant.peopleSince() : serving;
        double start = tenant.start(Priority.INTERACTIVE);
        double after = Math.min(Math.max(serving, start) + charge, since + 2 * charge);
        move(tenant, Priority.INTERACTIVE, Math.max(start, after));
    }

    /** Returns the lanes whose batch flights go before interactive ones now, in turn. */
    List<Lane> batchDue() {
        if (batchLanes == 0 || batchLanes == lanes.size()) {
            return List.of();
        }
        return inTurn.values().stream()
                .filter(lane -> lane.priority() == Priority.BATCH && batchShare.isDue(lane, lanes.values()))
                .toList();
    }

    /** Returns the lone flights that may have to start before another one, the first of them first. */
    List<Flight> loneBefore(Flight flight) {
        return precedence.before(Place.of(flight).tenant());
    }

    /** The first flight of a lane doesn't fit: it keeps its place until it is served, whatever its tenant begins meanwhile. */
    void hold(Flight first) {
        Lane lane = laneOf(first);
        lane.hold(first);
        arrange(lane);
    }

    /** Returns the first flight of each lane, in turn. */
    List<Flight> first() {
        return inTurn.values().stream().map(Lane::first).toList();
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

    /** Returns what goes before a flight that waits. */
    Ahead ahead(Flight flight) {
        Tenant tenant = Place.of(flight).tenant();
        double own = 0;
        for (TenantQueue queue : tenant.queues()) {
            if (queue.lane().priority() == flight.priority()) {
                own += queue.before(flight).flights() * queue.meanCost();
            }
        }
        double start = tenant.start(flight.priority()) + own / tenant.weight();
        double alike = 0;
        for (Lane lane : lanes.values()) {
            if (lane.priority() == flight.priority() && lane.meets(laneOf(flight))) {
                alike += lane.before(flight, tenant, start).flights();
            }
        }
        double ratio = batchShare.perInteractive();
        double most = flight.priority() == Priority.BATCH ? (alike + 1) / ratio : alike * ratio;
        return new Ahead(flight, tenant, start, most);
    }

    /**
     * What goes before a flight that waits, by its turn.
     *
     * @param flight the flight
     * @param tenant whose it is
     * @param start where its turn starts
     * @param mostOfOthers how many of the other priority go before it at most
     */
    record Ahead(Flight flight, Tenant tenant, double start, double mostOfOthers) {

        /** Returns how many flights of a lane go before it, and what they ask for. */
        Before of(Lane lane) {
            return lane.priority() == flight.priority()
                    ? lane.before(flight, tenant, start)
                    : lane.all().some((long) Math.min(mostOfOthers, Long.MAX_VALUE / 2));
        }
    }
}
