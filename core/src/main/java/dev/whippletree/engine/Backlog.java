package dev.whippletree.engine;

import dev.whippletree.settings.TenantWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The waiting flights of which none has begun yet, by tenant and session, to say whose gives way when there are too many. Guarded
 * by the engine's lock.
 *
 * <p>It is the newest of the tenant's longest session; of the whole line, that of the tenant with most waiting for its weight. Of
 * several the one with the newest flight counts. So who fills the line refuses his own. Each operation costs O(log n).
 */
final class Backlog {

    private final Map<String, OfTenant> tenants = new HashMap<>();
    private final NavigableSet<OfTenant> byShare = new TreeSet<>(OfTenant::compareShares);
    private TenantWeights weights;

    /** What waits of a session. */
    private static final class OfSession {
        private final NavigableSet<Flight> flights = new TreeSet<>(OfSession::compareOrders);
        private int size;
        private long newest;

        static int compareOrders(Flight one, Flight other) {
            return Long.compare(one.order(), other.order());
        }

        static int compareSizes(OfSession one, OfSession other) {
            return one.size != other.size
                    ? Integer.compare(one.size, other.size)
                    : Long.compare(one.newest, other.newest);
        }

        void add(Flight flight) {
            flights.add(flight);
            count();
        }

        void remove(Flight flight) {
            flights.remove(flight);
            count();
        }

        private void count() {
            size = flights.size();
            newest = size == 0 ? 0 : flights.last().order();
        }
    }

    /** What waits of a tenant. */
    private static final class OfTenant {
        private final String name;
        private final Map<String, OfSession> sessions = new HashMap<>();
        private final NavigableSet<OfSession> byLength = new TreeSet<>(OfSession::compareSizes);
        private int weight;
        private int size;
        private long newest;

        OfTenant(String name, int weight) {
            this.name = name;
            this.weight = weight;
        }

        static int compareShares(OfTenant one, OfTenant other) {
            int shares = Double.compare(one.share(), other.share());
            return shares != 0 ? shares : Long.compare(one.newest, other.newest);
        }

        private double share() {
            return (double) size / weight;
        }

        void add(Flight flight) {
            OfSession session = sessions.computeIfAbsent(nameOf(flight), name -> new OfSession());
            byLength.remove(session);
            session.add(flight);
            byLength.add(session);
            count(1);
        }

        void remove(Flight flight) {
            String name = nameOf(flight);
            OfSession session = sessions.get(name);
            if (session == null || !session.flights.contains(flight)) {
                return;
            }
            byLength.remove(session);
            session.remove(flight);
            if (session.size == 0) {
                sessions.remove(name);
            } else {
                byLength.add(session);
            }
            count(-1);
        }

        private void count(int more) {
            size += more;
            newest = size == 0 ? 0 : byLength.last().newest;
        }

        private static String nameOf(Flight flight) {
            return flight.prompt().session().orElse("");
        }

        Flight newestOfLongest() {
            return byLength.last().flights.last();
        }
    }

    Backlog(TenantWeights weights) {
        this.weights = weights;
    }

    /** A flight has entered the line; one that was begun before doesn't give way any more. */
    void add(Flight flight) {
        if (flight.calls() > 0) {
            return;
        }
        OfTenant tenant =
                tenants.computeIfAbsent(flight.prompt().tenant(), name -> new OfTenant(name, weights.of(name)));
        byShare.remove(tenant);
        tenant.add(flight);
        byShare.add(tenant);
    }

    /** A flight leaves the line. */
    void remove(Flight flight) {
        OfTenant tenant = tenants.get(flight.prompt().tenant());
        if (tenant == null) {
            return;
        }
        byShare.remove(tenant);
        tenant.remove(flight);
        if (tenant.size == 0) {
            tenants.remove(tenant.name);
        } else {
            byShare.add(tenant);
        }
    }

    /** Goes on with other weights. */
    void weigh(TenantWeights next) {
        weights = next;
        byShare.clear();
        tenants.values().forEach(tenant -> {
            tenant.weight = next.of(tenant.name);
            byShare.add(tenant);
        });
    }

    /** Returns how many of a tenant's flights wait and haven't begun yet. */
    int sizeOf(String tenant) {
        OfTenant found = tenants.get(tenant);
        return found == null ? 0 : found.size;
    }

    /** Returns which of a tenant's flights gives way. */
    Optional<Flight> newestOf(String tenant) {
        return Optional.ofNullable(tenants.get(tenant)).map(OfTenant::newestOfLongest);
    }

    /** Returns which of all flights gives way. */
    Optional<Flight> newestOfMost() {
        return byShare.isEmpty() ? Optional.empty() : Optional.of(byShare.last().newestOfLongest());
    }
}
