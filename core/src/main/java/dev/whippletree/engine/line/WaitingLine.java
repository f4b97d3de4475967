package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Lane.TenantQueue;
import dev.whippletree.engine.line.Ticket.TurnCost;
import dev.whippletree.engine.line.WaitingTenant.Serving;
import dev.whippletree.engine.line.WaitingTenant.Session;
import dev.whippletree.engine.line.WaitingTenant.SoloPriority;
import dev.whippletree.model.Priority;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.TenantTurn;
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
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of all that wait, in turn: fair between tenants, and between the sessions of each. Guarded by the
 * engine's lock.
 *
 * <p>Turns are given by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) on two levels. A tenant's turn
 * starts where its last one ended, or at the turn now being served if that is later; one of twice the weight ends its
 * turns in half the time. A tenant with a thousand tickets thus has its second one served after the first one of
 * everybody else, in however many sessions they are. Which of its tickets has the tenant's turn is decided in the same
 * way between its sessions. Entering, leaving, finding the next and serving it cost O(log n) in the length of the line,
 * and are linear in the lanes, which are few.
 *
 * <p>Interactive tickets go before batch tickets, whoever's they are, except for those that {@link BatchShare} lets go
 * first. Turns of each priority are given apart; a batch ticket that goes before interactive ones takes its tenant's
 * interactive turn too.
 */
public final class WaitingLine {

    private static final int FEWEST_KEPT = 1_000;

    private final Map<Lane.LaneKey, Lane> lanes = new LinkedHashMap<>();

    /** The lanes by their first tickets. */
    private final NavigableMap<Lane.Position, Lane> inTurn = new TreeMap<>();

    private final Map<String, WaitingTenant> tenants = new HashMap<>();

    /** Tickets taken out that will return to their turns, or have ended meanwhile. */
    private final Set<Ticket> away = new HashSet<>(0);

    private final TurnCost cost = new TurnCost();
    private final Backlog backlog = new Backlog(tenants);
    private final BatchShare batchShare;
    private final Map<Priority, Map<String, Integer>> spread = new EnumMap<>(Priority.class);
    private final SoloPriority soloPriority = new SoloPriority();
    private final Map<Priority, Serving> serving = new EnumMap<>(Priority.class);
    private final Function<Ticket, Eligibility> eligibilities;
    private TenantWeights weights;
    private int batchLanes;
    private long tenantsSeen;
    private long entered;
    private int remembered;
    private int places;

    /**
     * Creates an empty line.
     *
     * @param batchShare the share of the starts that batch tickets have while interactive ones wait, 0 to 1
     * @param eligibilities returns what the waiters of a new lane may use, by its first ticket
     */
    public WaitingLine(TenantWeights weights, double batchShare, Function<Ticket, Eligibility> eligibilities) {
        this.eligibilities = eligibilities;
        this.weights = weights;
        this.batchShare = new BatchShare(batchShare);
    }

    public int size() {
        return inTurn.values().stream().mapToInt(Lane::size).sum();
    }

    /** Returns how many tickets wait and turns are kept, together. */
    public int places() {
        return places;
    }

    public int waitingOf(String tenant) {
        WaitingTenant found = tenants.get(tenant);
        return found == null
                ? 0
                : found.queues().stream()
                        .filter(queue -> !queue.lane().key().absent())
                        .mapToInt(TenantQueue::size)
                        .sum();
    }

    public int weightOf(String tenant) {
        return weights.of(tenant);
    }

    public Collection<Lane> lanes() {
        return lanes.values();
    }

    public Backlog backlog() {
        return backlog;
    }

    public Lane laneOf(Ticket ticket) {
        return ticket.queue().lane();
    }

    /** Changes the weights; turns that have begun end where they would have. */
    public void weigh(TenantWeights next) {
        weights = next;
        tenants.forEach((name, tenant) -> {
            backlog.weigh(tenant, next.of(name));
            tenant.queues().forEach(queue -> queue.lane().weighed(queue));
        });
    }

    /** Returns the turn that a ticket takes among all processes. */
    public TenantTurn turnOf(Ticket ticket) {
        double part = ticket.priority() == Priority.BATCH ? batchShare.ofTurns() : 1;
        return new TenantTurn(ticket.tenant(), ticket.priority(), part * weightOf(ticket.tenant()));
    }

    /** So many processes give a tenant turns of a priority, and each a part of its weight. */
    public void spread(String tenant, Priority priority, int processes) {
        Map<String, Integer> ofPriority = spread.computeIfAbsent(priority, none -> new HashMap<>());
        if (processes > 1) {
            ofPriority.put(tenant, processes);
        } else {
            ofPriority.remove(tenant);
        }
        WaitingTenant found = tenants.get(tenant);
        if (found != null) {
            found.spread(priority, processes);
            found.queues().forEach(queue -> queue.lane().weighed(queue));
        }
    }

    /** Adds a ticket; one that has a turn returns to it. */
    public void add(Ticket ticket) {
        Lane lane = lanes.computeIfAbsent(Lane.LaneKey.of(ticket), key -> newLane(key, ticket));
        Priority priority = ticket.priority();
        WaitingTenant tenant = tenants.computeIfAbsent(ticket.tenant(), this::tenant);
        away.remove(ticket);
        places++;
        int sessionsBefore = tenant.sessions();
        Session session = tenant.session(ticket);
        remembered += tenant.sessions() - sessionsBefore;
        double turn;
        if (ticket.hasTurn()) {
            move(tenant, priority, tenant.start(priority) - ticket.takeCharge());
            turn = ticket.turn();
        } else {
            if (priority == Priority.INTERACTIVE && !tenant.waits(priority)) {
                tenant.peopleSince(serving(priority).tenants());
            }
            if (!lane.has(tenant)) {
                move(tenant, priority, Math.max(serving(priority).tenants(), tenant.start(priority)));
            }
            ticket.charged(0);
            ticket.cost(cost.of(ticket, lane.eligibility()));
            ticket.letGo();
            turn = tenant.turnFor(ticket, session);
        }
        boolean anew = !ticket.hasTurn();
        tenant.enter(session);
        ticket.enter(lane.queueOf(tenant), session, turn, anew ? ++entered : ticket.order());
        backlog.add(ticket);
        lane.add(ticket);
        arrange(lane);
        mindSolo(tenant, ticket, anew);
    }

    private Lane newLane(Lane.LaneKey key, Ticket first) {
        batchLanes += key.priority() == Priority.BATCH ? 1 : 0;
        return new Lane(key, eligibilities.apply(first));
    }

    private Serving serving(Priority priority) {
        return serving.getOrDefault(priority, Serving.FIRST);
    }

    private WaitingTenant tenant(String name) {
        WaitingTenant tenant = new WaitingTenant(
                ++tenantsSeen, weights.of(name), serving(Priority.INTERACTIVE), serving(Priority.BATCH));
        spread.forEach((priority, processes) -> tenant.spread(priority, processes.getOrDefault(name, 1)));
        return tenant;
    }

    /** Keeps track of solo tickets: a tenant's only one is solo until another one comes. */
    private void mindSolo(WaitingTenant tenant, Ticket ticket, boolean anew) {
        if (tenant.waiting() > 1) {
            tenant.takeSolo().ifPresent(other -> {
                other.solo(false);
                soloPriority.remove(other);
            });
            ticket.solo(false);
        } else if (ticket.priority() == Priority.INTERACTIVE
                && ticket.waiter().calls() == 0
                && (anew || ticket.isSolo())) {
            ticket.solo(true);
            tenant.solo(ticket);
            soloPriority.add(ticket);
        }
    }

    /** Moves where a tenant's next turn of a priority starts, and its queues with it. */
    private void move(WaitingTenant tenant, Priority priority, double start) {
        if (start == tenant.start(priority)) {
            return;
        }
        tenant.start(priority, start);
        for (TenantQueue queue : tenant.queues()) {
            if (queue.lane().priority() == priority) {
                queue.lane().move(queue);
                arrange(queue.lane());
            }
        }
    }

    /** Puts a lane at the present position of its first ticket. */
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

    public void remove(Ticket ticket) {
        if (ticket.isInLine()) {
            leave(ticket);
            forgetIdle();
        }
    }

    /** Takes out a ticket of the line that goes back to its turn; its session keeps its place meanwhile. */
    public void takeOut(Ticket ticket) {
        away.add(ticket);
        leave(ticket);
    }

    /** Keeps a ticket's turn although nobody waits for it: nothing begins for it, and it counts in forecasts. */
    public void keepTurn(Ticket ticket) {
        if (ticket.isInLine()) {
            takeOut(ticket);
        }
        ticket.leaveBehind();
        add(ticket);
    }

    private void leave(Ticket ticket) {
        Lane lane = laneOf(ticket);
        drop(ticket);
        arrange(lane);
    }

    /** Takes a ticket out of its lane; call {@link #arrange} afterwards. */
    private void drop(Ticket ticket) {
        Lane lane = laneOf(ticket);
        lane.remove(ticket);
        backlog.remove(ticket);
        ticket.queue().tenant().leave(ticket.inSession());
        if (ticket.isSolo()) {
            soloPriority.remove(ticket);
        }
        ticket.leaveLine();
        if (lane.isEmpty()) {
            lanes.remove(lane.key());
            batchLanes -= lane.priority() == Priority.BATCH ? 1 : 0;
        }
        places--;
    }

    /**
     * Forgets tenants and sessions with nothing in the line once that gives them no advantage: when the line is empty
     * and everybody starts anew. Who asks one by one would otherwise go first each time. In a line that is never empty
     * those without a ticket are forgotten when there are many of them, which bounds the memory.
     */
    private void forgetIdle() {
        if (places == 0 && nobodyComesBack()) {
            tenants.clear();
            remembered = 0;
        } else if (remembered > FEWEST_KEPT + 2L * places && nobodyComesBack()) {
            tenants.values().forEach(WaitingTenant::forgetIdle);
            tenants.values().removeIf(tenant -> tenant.sessions() == 0);
            remembered =
                    tenants.values().stream().mapToInt(WaitingTenant::sessions).sum();
        }
    }

    private boolean nobodyComesBack() {
        away.removeIf(ticket -> ticket.waiter().isOver());
        return away.isEmpty();
    }

    /** Returns how many sessions' turns it remembers. */
    public int sessions() {
        return remembered;
    }

    /** Gives a batch ticket that an interactive caller has joined the turn of a new interactive one. */
    public void hurry(Ticket ticket) {
        takeOut(ticket);
        ticket.hurry();
        add(ticket);
    }

    /**
     * Returns the waiting ones among some tickets, in the order in which they would be served if targets took all of
     * them at once.
     */
    public List<Ticket> inTurn(Collection<Ticket> tickets) {
        Map<WaitingTenant, Map<Priority, Double>> next = new HashMap<>();
        Map<Ticket, Double> starts = new HashMap<>();
        List<Ticket> ordered = new ArrayList<>(
                tickets.stream().filter(Ticket::isInLine).sorted(Ticket.IN_TURN).toList());
        for (Ticket ticket : ordered) {
            WaitingTenant tenant = ticket.queue().tenant();
            Priority priority = ticket.priority();
            Map<Priority, Double> ofTenant = next.computeIfAbsent(tenant, other -> new EnumMap<>(Priority.class));
            double start = ofTenant.getOrDefault(priority, tenant.start(priority));
            starts.put(ticket, start);
            ofTenant.put(priority, start + ticket.cost() / tenant.weightHere(priority));
        }
        ordered.sort(Comparator.comparing(Ticket::priority).thenComparing(starts::get));
        return ordered;
    }

    /**
     * Removes a ticket because it is served: the turn that was up in its lane is now the one being served. Its tenant's
     * next turn starts where this one ends.
     *
     * @param beforePeople whether it is a batch ticket that goes before interactive ones
     * @param couldStart whether any ticket of a lane could have started in its place
     */
    public void serve(Ticket ticket, boolean beforePeople, Predicate<Lane> couldStart) {
        if (beforePeople) {
            batchShare.used(laneOf(ticket), lanes.values());
        }
        if (batchLanes > 0) {
            batchShare.starting(couldStart, lanes.values());
        }
        serve(ticket, beforePeople);
    }

    private void serve(Ticket ticket, boolean beforePeople) {
        Lane lane = laneOf(ticket);
        WaitingTenant tenant = ticket.queue().tenant();
        Priority priority = ticket.priority();
        Lane.Position up = lane.position();
        tenant.served(ticket);
        tenant.mark(entered);
        Serving now = serving(priority).after(up == null ? 0 : up.start(), ticket.turn());
        serving.put(priority, now);
        double charge = ticket.cost() / tenant.weightHere(priority);
        drop(ticket);
        move(tenant, priority, Math.max(now.tenants(), tenant.start(priority)) + charge);
        arrange(lane);
        if (priority == Priority.INTERACTIVE) {
            tenant.peopleSince(now.tenants());
        }
        if (beforePeople) {
            takePeoplesTurn(tenant, ticket.cost() / tenant.weightHere(Priority.INTERACTIVE));
        }
        ticket.charged(charge);
        ticket.letGo();
        ticket.solo(false);
        forgetIdle();
    }

    /**
     * Who uses both priorities gets no second turn; nor does he fall behind for more than two, however much of his
     * batch goes first.
     */
    private void takePeoplesTurn(WaitingTenant tenant, double charge) {
        double serving = serving(Priority.INTERACTIVE).tenants();
        double since = tenant.waits(Priority.INTERACTIVE) ? tenant.peopleSince() : serving;
        double start = tenant.start(Priority.INTERACTIVE);
        double after = Math.min(Math.max(serving, start) + charge, since + 2 * charge);
        move(tenant, Priority.INTERACTIVE, Math.max(start, after));
    }

    /** Returns the lanes whose batch tickets go before interactive ones now, in turn. */
    public List<Lane> batchDue() {
        if (batchLanes == 0 || batchLanes == lanes.size()) {
            return List.of();
        }
        return inTurn.values().stream()
                .filter(lane -> lane.priority() == Priority.BATCH && batchShare.isDue(lane, lanes.values()))
                .toList();
    }

    /** Returns the solo tickets that may have to start before another one, the first of them first. */
    public List<Ticket> soloBefore(Ticket ticket) {
        return soloPriority.before(ticket.queue().tenant());
    }

    /** Keeps the place of a lane's first ticket, which doesn't fit, until it is served. */
    public void hold(Ticket first) {
        Lane lane = laneOf(first);
        lane.hold(first);
        arrange(lane);
    }

    /** Returns the first ticket of each lane, in turn. */
    public List<Ticket> first() {
        return inTurn.values().stream().map(Lane::first).toList();
    }

    /** Returns the first ticket of the next lane after a position, or of the very first; null if there is none. */
    public @Nullable Ticket next(Lane.@Nullable Position after) {
        Map.Entry<Lane.Position, Lane> next = after == null ? inTurn.firstEntry() : inTurn.higherEntry(after);
        return next == null ? null : next.getValue().first();
    }

    public TicketsAhead ahead(Ticket ticket) {
        WaitingTenant tenant = ticket.queue().tenant();
        double own = 0;
        for (TenantQueue queue : tenant.queues()) {
            if (queue.lane().priority() == ticket.priority()) {
                own += queue.before(ticket).tickets() * queue.meanCost();
            }
        }
        double start = tenant.start(ticket.priority()) + own / tenant.weightHere(ticket.priority());
        double alike = 0;
        for (Lane lane : lanes.values()) {
            if (lane.priority() == ticket.priority() && lane.meets(laneOf(ticket))) {
                alike += lane.before(ticket, tenant, start).tickets();
            }
        }
        double ratio = batchShare.perInteractive();
        double most = ticket.priority() == Priority.BATCH ? (alike + 1) / ratio : alike * ratio;
        return new TicketsAhead(ticket, tenant, start, most);
    }

    /**
     * What goes before a waiting ticket by its turn. Immutable.
     *
     * @param mostOfOthers how many tickets of the other priority go before it at most
     */
    public record TicketsAhead(Ticket ticket, WaitingTenant tenant, double start, double mostOfOthers) {

        /** Returns how many tickets of a lane go before it, and what they need. */
        public TurnSums of(Lane lane) {
            return lane.priority() == ticket.priority()
                    ? lane.before(ticket, tenant, start)
                    : lane.all().some((long) Math.min(mostOfOthers, Long.MAX_VALUE / 2.0));
        }
    }
}
