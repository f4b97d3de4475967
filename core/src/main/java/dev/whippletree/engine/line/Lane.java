package dev.whippletree.engine.line;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
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

    void add(Ticket ticket) {
        TenantQueue queue = ticket.queue();
        queue.add(ticket);
        if (queue.size() == 1) {
            waiting.add(queue, queue.start(), queue.tenant().number());
            queue.tenant().queues().add(queue);
        } else {
            waiting.changed(queue);
        }
        uncounted.add(queue);
        if (ticket.isHeld()) {
            held.add(ticket);
        }
    }

    void remove(Ticket ticket) {
        TenantQueue queue = ticket.queue();
        if (ticket.isHeld()) {
            held.remove(ticket);
        }
        queue.remove(ticket);
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

    /** Moves a queue, because its tenant's start has moved. */
    void move(TenantQueue queue) {
        waiting.remove(queue);
        waiting.add(queue, queue.start(), queue.tenant().number());
        uncounted.add(queue);
    }

    void weighed(TenantQueue queue) {
        uncounted.add(queue);
    }

    /** Keeps the first ticket's place, whatever its tenant begins besides. */
    void hold(Ticket first) {
        if (!first.isHeld()) {
            first.hold(first.queue().start());
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

    /** Returns the position of its first ticket; null if there is none, or only turns are kept. */
    public @Nullable Position position() {
        return position;
    }

    /** Finds the present {@link #position}, after a change. */
    @Nullable Position findPosition() {
        Ticket first = first();
        if (first == null || key.absent()) {
            position = null;
        } else {
            TenantQueue queue = first.queue();
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
        private final TurnTree<Ticket> tickets = new TurnTree<>();

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

        void add(Ticket ticket) {
            tickets.add(ticket, ticket.turn(), ticket.order());
            size++;
            cost += ticket.cost();
        }

        void remove(Ticket ticket) {
            tickets.remove(ticket);
            size--;
            cost = size == 0 ? 0 : cost - ticket.cost();
        }

        int size() {
            return size;
        }

        @Nullable Ticket first() {
            return tickets.first();
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
}
