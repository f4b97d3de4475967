package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which scopes are closed, and until when. Guarded by its owner. */
final class KeptClosings {

    private final Map<Place, Told> closings = new LinkedHashMap<>();

    /** That a scope is closed for a time nobody knows doesn't end what ends at a known one. */
    private record Place(Scope scope, boolean endKnown) {}

    /**
     * What a process told.
     *
     * @param teller which process
     * @param until the reading at which it is over
     */
    record Told(Object teller, ScopeClosing closing, long until) {

        /** Returns what is still to be said of it, if anything. */
        Optional<ScopeClosing> at(long now) {
            long remaining = until - now;
            return remaining <= 0
                    ? Optional.empty()
                    : Optional.of(new ScopeClosing(
                            closing.scope(), Duration.ofNanos(remaining), closing.endKnown(), closing.reason()));
        }
    }

    /** Keeps a closing unless a later end is known; returns whether it does. */
    boolean keep(Told told) {
        Place place = new Place(told.closing().scope(), told.closing().endKnown());
        Told before = closings.get(place);
        if (before != null && before.until() >= told.until()) {
            return false;
        }
        closings.put(place, told);
        return true;
    }

    /** Forgets that a scope is closed for a time nobody knows. */
    void reopen(Scope scope) {
        closings.remove(new Place(scope, false));
    }

    /** Returns what is kept and not over. */
    List<Told> all(long now) {
        closings.values().removeIf(told -> told.until() <= now);
        return List.copyOf(closings.values());
    }

    void clear() {
        closings.clear();
    }
}
