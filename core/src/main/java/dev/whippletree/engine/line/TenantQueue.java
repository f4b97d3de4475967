package dev.whippletree.engine.line;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tickets of one tenant in one lane, by their sessions' turns; in the lane, by the tenant's. Guarded by the engine's lock. */
final class TenantQueue extends TurnTree.Turn<TenantQueue> {

    private final Tenant tenant;
    private final Lane lane;
    private final TurnTree<Place> tickets = new TurnTree<>();

    /** How its turns were counted last. */
    private List<TurnCounts.Bend> bends = List.of();

    /** Whether they are to be counted anew. */
    private boolean outdated;

    private int size;
    private double cost;

    TenantQueue(Tenant tenant, Lane lane) {
        this.tenant = tenant;
        this.lane = lane;
    }

    Tenant tenant() {
        return tenant;
    }

    Lane lane() {
        return lane;
    }

    /** Returns where its tenant's next turn of the lane's priority starts. */
    double start() {
        return tenant.start(lane.priority());
    }

    void add(Place place) {
        Ticket ticket = place.ticket();
        tickets.add(place, ticket.turn(), ticket.order());
        size++;
        cost += ticket.cost();
    }

    void remove(Place place) {
        tickets.remove(place);
        size--;
        cost = size == 0 ? 0 : cost - place.ticket().cost();
    }

    int size() {
        return size;
    }

    @Nullable Ticket first() {
        Place first = tickets.first();
        return first == null ? null : first.ticket();
    }

    /** Returns how many of them go before a ticket of the same tenant, and what they ask for. */
    TurnSums before(Ticket ticket) {
        return tickets.before(ticket.turn(), ticket.order());
    }

    /** Returns how many they are, and what they ask for. */
    TurnSums all() {
        return tickets.all();
    }

    /** Returns what one of them costs on average. */
    double meanCost() {
        return cost / size;
    }

    @Override
    void count() {
        count(tickets);
    }

    /** Returns what its lane has counted of its turns last; empty if nothing. */
    List<TurnCounts.Bend> bends() {
        return bends;
    }

    /** Its lane has counted its turns as they are now. */
    void counted(List<TurnCounts.Bend> turns) {
        bends = turns;
    }

    /** Returns whether its turns are to be counted anew. */
    boolean isOutdated() {
        return outdated;
    }

    void outdated(boolean changed) {
        outdated = changed;
    }
}
