package dev.whippletree.engine.line;

import java.util.Map;
import java.util.Optional;

/**
 * The waiting tickets of which none has begun yet, by tenant and session, to say whose gives way when there are too many. Guarded
 * by the engine's lock.
 *
 * <p>It is the newest of the tenant's longest session; of the whole line, that of the tenant with most waiting for its weight. Of
 * several the one with the newest ticket counts. So who fills the line refuses his own. Each operation costs O(log n).
 */
public final class Backlog {

    private final Map<String, Tenant> tenants;
    private final Treap<TenantBacklog> byShare = new Treap<>();

    /**
     * Creates an empty one.
     *
     * @param tenants those of the line, by name
     */
    Backlog(Map<String, Tenant> tenants) {
        this.tenants = tenants;
    }

    /** A ticket has entered the line; one that was begun before doesn't give way any more. */
    void add(Place place) {
        if (place.ticket().waiter().calls() > 0) {
            return;
        }
        leaveOut(place.tenant());
        place.backlogged(place.tenant().backlog().add(place.session(), place.ticket()));
        putBack(place.tenant());
    }

    /** A ticket leaves the line. */
    void remove(Place place) {
        Session.Entry entry = place.backlogged();
        if (entry == null) {
            return;
        }
        place.backlogged(null);
        leaveOut(place.tenant());
        place.tenant().backlog().remove(place.session(), entry);
        putBack(place.tenant());
    }

    private void leaveOut(Tenant tenant) {
        if (tenant.backlog().size() > 0) {
            byShare.remove(tenant.backlog());
        }
    }

    private void putBack(Tenant tenant) {
        TenantBacklog backlog = tenant.backlog();
        Session longest = backlog.longest();
        if (longest != null) {
            byShare.add(backlog, -backlog.size() / tenant.weight(), -longest.newestOrder());
        }
    }

    /** Gives a tenant another weight. */
    void weigh(Tenant tenant, double weight) {
        leaveOut(tenant);
        tenant.weigh(weight);
        putBack(tenant);
    }

    /** Returns how many of a tenant's tickets wait and haven't begun yet. */
    public int sizeOf(String tenant) {
        Tenant found = tenants.get(tenant);
        return found == null ? 0 : found.backlog().size();
    }

    /** Returns which of a tenant's tickets gives way. */
    public Optional<Ticket> newestOf(String tenant) {
        return Optional.ofNullable(tenants.get(tenant))
                .flatMap(found -> found.backlog().newestOfLongest());
    }

    /** Returns which of all tickets gives way. */
    public Optional<Ticket> newestOfMost() {
        return Optional.ofNullable(byShare.first()).flatMap(TenantBacklog::newestOfLongest);
    }
}
