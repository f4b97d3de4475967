package dev.whippletree.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a flight stands in the line: in a lane, among its tenant's, by its session's turn. Guarded by the engine's lock. */
final class Place extends TurnTree.Turn<Place> {

    private final Flight flight;
    private final TenantQueue queue;
    private final Session session;
    private Session.@Nullable Entry backlogged;

    Place(Flight flight, TenantQueue queue, Session session) {
        this.flight = flight;
        this.queue = queue;
        this.session = session;
    }

    /** Returns where a flight that waits stands. */
    static Place of(Flight flight) {
        return (Place) Objects.requireNonNull(flight.place(), "a flight in line has a place");
    }

    Flight flight() {
        return flight;
    }

    TenantQueue queue() {
        return queue;
    }

    Lane lane() {
        return queue.lane();
    }

    Tenant tenant() {
        return queue.tenant();
    }

    Session session() {
        return session;
    }

    /** Returns where it stands in the backlog; null if it isn't there. */
    Session.@Nullable Entry backlogged() {
        return backlogged;
    }

    void backlogged(Session.@Nullable Entry entry) {
        backlogged = entry;
    }

    @Override
    void count() {
        count(flight);
    }
}
