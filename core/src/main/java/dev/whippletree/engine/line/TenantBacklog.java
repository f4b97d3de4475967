package dev.whippletree.engine.line;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A tenant's part of the {@link Backlog}: its sessions, by how much of them waits and hasn't begun. Guarded by the engine's lock. */
final class TenantBacklog extends Treap.Node<TenantBacklog> {

    /** The longest first; of equals, the one with the newest ticket. */
    private final Treap<Session> byLength = new Treap<>();

    private int size;

    /** Adds a ticket that hasn't begun; returns where it stands. */
    Session.Entry add(Session session, Ticket ticket) {
        leaveOut(session);
        Session.Entry entry = session.add(ticket);
        size++;
        putBack(session);
        return entry;
    }

    void remove(Session session, Session.Entry entry) {
        leaveOut(session);
        session.remove(entry);
        size--;
        putBack(session);
    }

    private void leaveOut(Session session) {
        if (session.length() > 0) {
            byLength.remove(session);
        }
    }

    private void putBack(Session session) {
        if (session.length() > 0) {
            byLength.add(session, -session.length(), -session.newestOrder());
        }
    }

    int size() {
        return size;
    }

    /** Returns the longest session; null if there is none. */
    @Nullable Session longest() {
        return byLength.first();
    }

    /** Returns the ticket that gives way; empty if there is none. */
    Optional<Ticket> newestOfLongest() {
        return Optional.ofNullable(longest()).map(Session::newest);
    }
}
