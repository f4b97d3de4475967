package dev.whippletree.engine;

import java.util.Map;
import java.util.Optional;

/**
 * The waiting flights of which none has begun yet, by tenant and session, to say whose gives way when there are too many. Guarded
 * by the engine's lock.
 *
 * <p>It is the newest of the tenant's longest session; of the whole line, that of the tenant with most waiting for its weight. Of
 * several the one with the newest flight counts. So who fills the line refuses his own. Each operation costs O(log n).
 */
final class Backlog {

    private final Map<String, Tenant> tenants;
    private final Treap<OfTenant> byShare = new Treap<>();

    /** A flight among those of its session. */
    static final class Entry extends Treap.Node<Entry> {
        private final Flight flight;

        private Entry(Flight flight) {
            this.flight = flight;
        }

        Flight flight() {
            return flight;
        }
    }

    /** What waits of a tenant. */
    static final class OfTenant extends Treap.Node<OfTenant> {

        /** The longest first; of equals, the one with the newest flight. */
        private final Treap<Session> byLength = new Treap<>();

        private int size;

        private void add(Session session, Entry entry) {
            leaveOut(session);
            session.add(entry);
            size++;
            putBack(session);
        }

        private void remove(Session session, Entry entry) {
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

        private Optional<Flight> newestOfLongest() {
            return Optional.ofNullable(byLength.first()).map(Session::newest);
        }
    }

    /**
     * Creates an empty one.
     *
     * @param tenants those of the line, by name
     */
    Backlog(Map<String, Tenant> tenants) {
        this.tenants = tenants;
    }

    /** A flight has entered the line; one that was begun before doesn't give way any more. */
    void add(Place place) {
        if (place.flight().calls() > 0) {
            return;
        }
        Entry entry = new Entry(place.flight());
        place.backlogged(entry);
        leaveOut(place.tenant());
        place.tenant().backlog().add(place.session(), entry);
        putBack(place.tenant());
    }

    /** A flight leaves the line. */
    void remove(Place place) {
        Entry entry = place.backlogged();
        if (entry == null) {
            return;
        }
        place.backlogged(null);
        leaveOut(place.tenant());
        place.tenant().backlog().remove(place.session(), entry);
        putBack(place.tenant());
    }

    private void leaveOut(Tenant tenant) {
        if (tenant.backlog().size > 0) {
            byShare.remove(tenant.backlog());
        }
    }

    private void putBack(Tenant tenant) {
        OfTenant backlog = tenant.backlog();
        Session longest = backlog.byLength.first();
        if (longest != null) {
            byShare.add(backlog, -backlog.size / tenant.weight(), -longest.newestOrder());
        }
    }

    /** Gives a tenant another weight. */
    void weigh(Tenant tenant, double weight) {
        leaveOut(tenant);
        tenant.weigh(weight);
        putBack(tenant);
    }

    /** Returns how many of a tenant's flights wait and haven't begun yet. */
    int sizeOf(String tenant) {
        Tenant found = tenants.get(tenant);
        return found == null ? 0 : found.backlog().size;
    }

    /** Returns which of a tenant's flights gives way. */
    Optional<Flight> newestOf(String tenant) {
        return Optional.ofNullable(tenants.get(tenant))
                .flatMap(found -> found.backlog().newestOfLongest());
    }

    /** Returns which of all flights gives way. */
    Optional<Flight> newestOfMost() {
        return Optional.ofNullable(byShare.first()).flatMap(OfTenant::newestOfLongest);
    }
}
