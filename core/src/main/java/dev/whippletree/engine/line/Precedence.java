package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Lane.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Solo tickets: interactive ones whose tenant has nothing else waiting since they came. No other tenant of at most their weight starts more than two
 * before them on targets that could have taken them. Guarded by the engine's lock.
 *
 * <p>Turns alone bring that about, except where small tickets overtake, or turns cost tokens. So when a tenant is about to start one, those
 * solo tickets are tried first which came before its last two. They are few: those that fitted nowhere meanwhile.
 */
final class Precedence {

    private final NavigableMap<Long, Ticket> byOrder = new TreeMap<>();

    /** A ticket has come. */
    void add(Ticket ticket) {
        byOrder.put(ticket.order(), ticket);
    }

    /** A ticket isn't solo any more, or has left the line. */
    void remove(Ticket ticket) {
        byOrder.remove(ticket.order(), ticket);
    }

    /** Returns those that may have to start before a tenant's next one, the first of them first. */
    List<Ticket> before(Tenant tenant) {
        Collection<Ticket> candidates =
                byOrder.headMap(tenant.markBefore(), true).values();
        if (candidates.isEmpty()) {
            return List.of();
        }
        List<Ticket> before = new ArrayList<>();
        for (Ticket ticket : candidates) {
            Tenant other = Place.of(ticket).tenant();
            if (other != tenant && tenant.weight() <= other.weight()) {
                before.add(ticket);
            }
        }
        return before;
    }
}
