package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Lane.TicketPlace;
import dev.whippletree.engine.line.WaitingTenant.Session;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the waiting tickets that haven't begun, by tenant and session, to decide which one is shed when the line is
 * full. Guarded by the engine's lock.
 *
 * <p>That is the newest ticket of the longest session, of the tenant with most waiting for its weight; among equals,
 * the one with the newest ticket. So a tenant that fills the line loses tickets of its own. Each operation costs O(log
 * n).
 */
public final class Backlog {

    private final Map<String, WaitingTenant> tenants;
    private final Treap<TenantBacklog> byShare = new Treap<>();

    Backlog(Map<String, WaitingTenant> tenants) {
        this.tenants = tenants;
    }

    /** Adds a ticket that has entered the line. One that has begun before is never shed. */
    void add(TicketPlace place) {
        if (place.ticket().waiter().calls() > 0) {
            return;
        }
        leaveOut(place.tenant());
        place.backlogged(place.tenant().backlog().add(place.session(), place.ticket()));
        putBack(place.tenant());
    }

    void remove(TicketPlace place) {
        Session.Entry entry = place.backlogged();
        if (entry == null) {
            return;
        }
        place.backlogged(null);
        leaveOut(place.tenant());
        place.tenant().backlog().remove(place.session(), entry);
        putBack(place.tenant());
    }

    private void leaveOut(WaitingTenant tenant) {
        if (tenant.backlog().size() > 0) {
            byShare.remove(tenant.backlog());
        }
    }

    private void putBack(WaitingTenant tenant) {
        TenantBacklog backlog = tenant.backlog();
        Session longest = backlog.longest();
        if (longest != null) {
            byShare.add(backlog, -backlog.size() / tenant.weight(), -longest.newestOrder());
        }
    }

    void weigh(WaitingTenant tenant, double weight) {
        leaveOut(tenant);
        tenant.weigh(weight);
        putBack(tenant);
    }

    /** Returns how many of a tenant's waiting tickets haven't begun. */
    public int sizeOf(String tenant) {
        WaitingTenant found = tenants.get(tenant);
        return found == null ? 0 : found.backlog().size();
    }

    /** Returns the ticket of a tenant that is shed first. */
    public Optional<Ticket> newestOf(String tenant) {
        return Optional.ofNullable(tenants.get(tenant))
                .flatMap(found -> found.backlog().newestOfLongest());
    }

    /** Returns the ticket of the whole line that is shed first. */
    public Optional<Ticket> newestOfMost() {
        return Optional.ofNullable(byShare.first()).flatMap(TenantBacklog::newestOfLongest);
    }

    /**
     * A tenant's part of the {@link Backlog}: its sessions by the number of waiting tickets that haven't begun. Guarded
     * by the engine's lock.
     */
    static final class TenantBacklog extends Treap.Node<TenantBacklog> {

        /** The longest first; among equals, the one with the newest ticket. */
        private final Treap<Session> byLength = new Treap<>();

        private int size;

        /** Adds a ticket that hasn't begun. Returns its entry. */
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

        @Nullable Session longest() {
            return byLength.first();
        }

        /** Returns the ticket that is shed first; empty if there is none. */
        Optional<Ticket> newestOfLongest() {
            return Optional.ofNullable(longest()).map(Session::newest);
        }
    }
}
