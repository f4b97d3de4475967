package dev.whippletree.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Lone flights: interactive ones whose tenant has nothing else waiting since they came. No other tenant of at most their weight starts more than two
 * before them on targets that could have taken them. Guarded by the engine's lock.
 *
 * <p>Turns alone bring that about, except where small flights overtake, or turns cost tokens. So when a tenant is about to start one, those
 * lone flights are tried first which came before its last two. They are few: those that fitted nowhere meanwhile.
 */
final class Precedence {

    private final NavigableMap<Long, Flight> byOrder = new TreeMap<>();

    /** A flight has come. */
    void add(Flight flight) {
        byOrder.put(flight.order(), flight);
    }

    /** A flight isn't lone any more, or has left the line. */
    void remove(Flight flight) {
        byOrder.remove(flight.order(), flight);
    }

    /** Returns those that may have to start before a tenant's next one, the first of them first. */
    List<Flight> before(Tenant tenant) {
        Collection<Flight> candidates =
                byOrder.headMap(tenant.markBefore(), true).values();
        if (candidates.isEmpty()) {
            return List.of();
        }
        List<Flight> before = new ArrayList<>();
        for (Flight flight : candidates) {
            Tenant other = Place.of(flight).tenant();
            if (other != tenant && tenant.weight() <= other.weight()) {
                before.add(flight);
            }
        }
        return before;
    }
}
