package dev.whippletree.engine.line;

import dev.whippletree.engine.line.WaitingTenant.Session;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tickets of one priority whose waiters may use the same targets: what blocks the first of them blocks all that need no
 * less. Guarded by the engine's lock.
 */
public final class Lane {

    private final LaneKey key;
    private final Eligibility eligibility;
    private final Map<WaitingTenant, TenantQueue> queues = new HashMap<>(2);
    private final TurnTree<TenantQueue> waiting = new TurnTree<>();

    /** Counts turns for forecasts; null until the first. */
    private @Nullable TurnCounts counts;

    /** Queues that have changed since they were counted. */
    private final Set<TenantQueue> uncounted = new LinkedHashSet<>(2);

    /** Tickets that were first and didn't fit: they keep that place. */
    private final NavigableSet<Ticket> held =
            new TreeSet<>(Comparator.comparingDouble(Ticket::heldStart).thenComparingLong(Ticket::order));

    private @Nullable Position position;

    /**
     * Tickets with equal keys share a lane. Immutable.
     *
     * @param eligibility identifies what they may use
     * @param priority how urgent they are
     * @param absent whether these are kept turns, for which nobody waits
     */
    record LaneKey(Object eligibility, Priority priority, boolean absent) {

        static LaneKey of(Ticket ticket) {
            return new LaneKey(ticket.waiter().eligibilityKey(), ticket.priority(), ticket.isAbsent());
        }
    }

    /**
     * Where a lane's first ticket stands among those of all lanes. Immutable.
     *
     * @param priority interactive goes before batch
     * @param start where its tenant's turn starts
     * @param tenant its tenant's number
     * @param turn its turn among its tenant's
     * @param order its number, which no other ticket has
     */
    public record Position(Priority priority, double start, long tenant, double turn, long order)
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

    Lane(LaneKey key, Eligibility eligibility) {
        this.key = key;
        this.eligibility = eligibility;
    }

    LaneKey key() {
        return key;
    }

    /** Returns whether it holds only kept turns, for which nobody waits. */
    public boolean isAbsent() {
        return key.absent();
    }

    public Priority priority() {
        return key.priority();
    }

    public Eligibility eligibility() {
        return eligibility;
    }

    /** Returns whether its tickets and another lane's have a target in common. */
    boolean meets(Lane other) {
        return eligibility.meets(other.eligibility);
    }

    /** Returns the most tokens of each kind that any ticket needs. */
    public TokenCount largest() {
        return waiting.largest();
    }

    /** Returns a tenant's queue here, which may be empty. */
    TenantQueue queueOf(WaitingTenant tenant) {
        return queues.computeIfAbsent(tenant, unused -> new TenantQueue(tenant, this));
    }

    boolean has(WaitingTenant tenant) {
        return queues.containsKey(tenant);
    }

    void add(TicketPlace place) {
        TenantQueue queue = place.queue();
        queue.add(place);
        if (queue.size() == 1) {
            waiting.add(queue, queue.start(), queue.tenant().number());
            queue.tenant().queues().add(queue);
        } else {
            waiting.changed(queue);
        }
        uncounted.add(queue);
        if (place.ticket().isHeld()) {
            held.add(place.ticket());
        }
    }

    void remove(TicketPlace place) {
        TenantQueue queue = place.queue();
        if (place.ticket().isHeld()) {
            held.remove(place.ticket());
        }
        queue.remove(place);
        if (queue.size() == 0) {
            waiting.remove(queue);
            queues.remove(queue.tenant());
            queue.tenant().queues().remove(queue);
            uncounted.remove(queue);
            if (counts != null) {
                counts.remove(queue);
            }
        } else {
            waiting.changed(queue);
            uncounted.add(queue);
        }
    }

    /** Takes a queue out while its tenant's start moves. */
    void leaveOut(TenantQueue queue) {
        waiting.remove(queue);
    }

    void putBack(TenantQueue queue) {
        waiting.add(queue, queue.start(), queue.tenant().number());
        uncounted.add(queue);
    }

    void weighed(TenantQueue queue) {
        uncounted.add(queue);
    }

    /** Keeps the first ticket's place, whatever its tenant begins besides. */
    void hold(Ticket first) {
        if (!first.isHeld()) {
            first.hold(TicketPlace.of(first).queue().start());
            held.add(first);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return (int) waiting.all().tickets();
    }

    /** Returns how many of them go before a ticket of a tenant whose turn starts then, and what they ask for. */
    TurnSums before(Ticket ticket, WaitingTenant tenant, double start) {
        TenantQueue own = queues.get(tenant);
        if (counts == null) {
            counts = new TurnCounts();
        }
        uncounted.forEach(counts::count);
        uncounted.clear();
        TurnSums others = counts.before(start, tenant, own);
        return own == null ? others : others.plus(own.before(ticket));
    }

    public TurnSums all() {
        return waiting.all();
    }

    /** Returns the ticket whose turn comes first; null if there is none. */
    public @Nullable Ticket first() {
        if (!held.isEmpty()) {
            return held.first();
        }
        TenantQueue first = waiting.first();
        return first == null ? null : first.first();
    }

    /** Returns the position that {@link #findPosition} returned last. */
    @Nullable Position position() {
        return position;
    }

    /** Returns the present position of its first ticket; null if there is none, or only turns are kept. */
    @Nullable Position findPosition() {
        Ticket first = first();
        if (first == null || key.absent()) {
            position = null;
        } else {
            TenantQueue queue = TicketPlace.of(first).queue();
            double start = first.isHeld() ? first.heldStart() : queue.start();
            position = new Position(priority(), start, queue.tenant().number(), first.turn(), first.order());
        }
        return position;
    }

    /**
     * Returns the ticket that needs the fewest tokens of a kind: if it doesn't fit a limit of that kind, none does.
     * Null if there is none.
     */
    public @Nullable Ticket smallest(Limit.Unit unit) {
        return waiting.smallest(unit);
    }

    /**
     * One tenant's tickets in one lane, by their sessions' turns. Queues are ordered by their tenants' turns. Guarded
     * by the engine's lock.
     */
    static final class TenantQueue extends TurnTree.Turn<TenantQueue> {

        private final WaitingTenant tenant;
        private final Lane lane;
        private final TurnTree<TicketPlace> tickets = new TurnTree<>();

        private List<TurnCounts.Bend> bends = List.of();

        private int size;
        private double cost;

        TenantQueue(WaitingTenant tenant, Lane lane) {
            this.tenant = tenant;
            this.lane = lane;
        }

        WaitingTenant tenant() {
            return tenant;
        }

        Lane lane() {
            return lane;
        }

        /** Returns where its tenant's next turn of the lane's priority starts. */
        double start() {
            return tenant.start(lane.priority());
        }

        void add(TicketPlace place) {
            Ticket ticket = place.ticket();
            tickets.add(place, ticket.turn(), ticket.order());
            size++;
            cost += ticket.cost();
        }

        void remove(TicketPlace place) {
            tickets.remove(place);
            size--;
            cost = size == 0 ? 0 : cost - place.ticket().cost();
        }

        int size() {
            return size;
        }

        @Nullable Ticket first() {
            TicketPlace first = tickets.first();
            return first == null ? null : first.ticket();
        }

        /** Returns how many go before a ticket of the same tenant, and what they need. */
        TurnSums before(Ticket ticket) {
            return tickets.before(ticket.turn(), ticket.order());
        }

        TurnSums all() {
            return tickets.all();
        }

        double meanCost() {
            return cost / size;
        }

        @Override
        void count() {
            count(tickets);
        }

        /** Returns how its turns were last counted; empty if they weren't. */
        List<TurnCounts.Bend> bends() {
            return bends;
        }

        void counted(List<TurnCounts.Bend> turns) {
            bends = turns;
        }
    }

    /**
     * A ticket's place in the line: in its tenant's queue of a lane, by its session's turn. Guarded by the engine's
     * lock.
     */
    static final class TicketPlace extends TurnTree.Turn<TicketPlace> {

        private final Ticket ticket;
        private final TenantQueue queue;
        private final Session session;
        private Session.@Nullable Entry backlogged;

        TicketPlace(Ticket ticket, TenantQueue queue, Session session) {
            this.ticket = ticket;
            this.queue = queue;
            this.session = session;
        }

        static TicketPlace of(Ticket ticket) {
            return (TicketPlace) Objects.requireNonNull(ticket.place(), "a ticket in line has a place");
        }

        Ticket ticket() {
            return ticket;
        }

        TenantQueue queue() {
            return queue;
        }

        Lane lane() {
            return queue.lane();
        }

        WaitingTenant tenant() {
            return queue.tenant();
        }

        Session session() {
            return session;
        }

        /** Returns its entry in the backlog; null if it isn't there. */
        Session.@Nullable Entry backlogged() {
            return backlogged;
        }

        void backlogged(Session.@Nullable Entry entry) {
            backlogged = entry;
        }

        @Override
        void count() {
            count(ticket);
        }
    }
}
