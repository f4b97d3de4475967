package dev.whippletree.engine.line;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a ticket stands in the line: in a lane, among its tenant's, by its session's turn. Guarded by the engine's lock. */
final class Place extends TurnTree.Turn<Place> {

    private final Ticket ticket;
    private final TenantQueue queue;
    private final Session session;
    private Session.@Nullable Entry backlogged;

    Place(Ticket ticket, TenantQueue queue, Session session) {
        this.ticket = ticket;
        this.queue = queue;
        this.session = session;
    }

    /** Returns where a ticket that waits stands. */
    static Place of(Ticket ticket) {
        return (Place) Objects.requireNonNull(ticket.place(), "a ticket in line has a place");
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
        count(ticket);
    }
}
