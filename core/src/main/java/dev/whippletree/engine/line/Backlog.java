package dev.whippletree.engine.line;

import dev.whippletree.engine.line.WaitingTenant.Session;
import java.util.Map;
import java.util.Optional;

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
    private final Treap<WaitingTenant> byShare = new Treap<>();

    Backlog(Map<String, WaitingTenant> tenants) {
        this.tenants = tenants;
    }

    /** Adds a ticket that has entered the line. One that has begun before is never shed. */
    void add(Ticket ticket) {
        if (ticket.waiter().hasBegun()) {
            return;
        }
        WaitingTenant tenant = ticket.queue().tenant();
        tenant.addUnbegun(ticket);
        arrange(tenant);
    }

    void remove(Ticket ticket) {
        WaitingTenant tenant = ticket.queue().tenant();
        if (tenant.removeUnbegun(ticket)) {
            arrange(tenant);
        }
    }

    /** Puts a tenant at its present place. */
    private void arrange(WaitingTenant tenant) {
        byShare.removeIfPresent(tenant);
        Session longest = tenant.longest();
        if (longest != null) {
            byShare.add(tenant, -tenant.unbegun() / tenant.weight(), -longest.newestOrder());
        }
    }

    void weigh(WaitingTenant tenant, double weight) {
        tenant.weigh(weight);
        arrange(tenant);
    }

    /** Returns how many of a tenant's waiting tickets haven't begun. */
    public int sizeOf(String tenant) {
        WaitingTenant found = tenants.get(tenant);
        return found == null ? 0 : found.unbegun();
    }

    /** Returns the ticket of a tenant that is shed first. */
    public Optional<Ticket> newestOf(String tenant) {
        return Optional.ofNullable(tenants.get(tenant)).flatMap(WaitingTenant::newestOfLongest);
    }

    /** Returns the ticket of the whole line that is shed first. */
    public Optional<Ticket> newestOfMost() {
        return Optional.ofNullable(byShare.first()).flatMap(WaitingTenant::newestOfLongest);
    }
}
