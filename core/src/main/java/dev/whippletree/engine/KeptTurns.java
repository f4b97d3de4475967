package dev.whippletree.engine;

import dev.whippletree.model.Priority;
import dev.whippletree.spi.CacheKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The turns of flights whose callers left while they waited: for two minutes, an equal prompt of the same tenant, session and priority goes
 * back to such a turn. So a caller with a short timeout that asks again and again is served as if it had waited. Guarded by the engine's lock.
 *
 * <p>A kept turn counts as a place in the line, and those behind it in forecasts, but holds no room.
 */
final class KeptTurns {

    private static final long KEPT_NANOS = Duration.ofMinutes(2).toNanos();

    private final WaitingLine line;
    private final Map<Owner, Deque<Flight>> byOwner = new HashMap<>();

    /** The flights that have left, the first of them first. */
    private final Map<Flight, Left> left = new LinkedHashMap<>();

    /** Whose turn it is. */
    private record Owner(String tenant, Optional<String> session, Priority priority, CacheKey key) {

        static Owner of(Flight flight) {
            return new Owner(flight.prompt().tenant(), flight.prompt().session(), flight.priority(), flight.key());
        }
    }

    private record Left(Owner owner, long nanos) {}

    KeptTurns(WaitingLine line) {
        this.line = line;
    }

    /** Keeps the turn of a flight that waits or pauses, and that nobody wants any longer. */
    void keep(Flight flight, long now) {
        forgetOld(now);
        Owner owner = Owner.of(flight);
        left.put(flight, new Left(owner, now));
        byOwner.computeIfAbsent(owner, unused -> new ArrayDeque<>(1)).add(flight);
        line.keepTurn(flight);
    }

    /** Gives a flight that has no turn yet the first one that is kept for it. Returns whether there is one. */
    boolean resume(Flight flight, long now) {
        forgetOld(now);
        Deque<Flight> turns = byOwner.get(Owner.of(flight));
        if (turns == null) {
            return false;
        }
        Flight first = turns.getFirst();
        forget(first);
        flight.takeTurnOf(first);
        return true;
    }

    /** A turn isn't kept any longer. */
    void forget(Flight flight) {
        Left gone = left.remove(flight);
        if (gone != null) {
            line.remove(flight);
            Deque<Flight> turns = byOwner.get(gone.owner());
            if (turns != null && turns.remove(flight) && turns.isEmpty()) {
                byOwner.remove(gone.owner());
            }
        }
    }

    /** Forgets the turn that has been kept for longest, of some tenants. Returns whether there was one. */
    boolean forgetOldest(Predicate<String> tenants) {
        Optional<Flight> oldest = left.keySet().stream()
                .filter(flight -> tenants.test(flight.prompt().tenant()))
                .findFirst();
        oldest.ifPresent(this::forget);
        return oldest.isPresent();
    }

    /** Forgets turns that have been kept for too long. */
    void forgetOld(long now) {
        while (!left.isEmpty()) {
            Map.Entry<Flight, Left> oldest = left.entrySet().iterator().next();
            if (now - oldest.getValue().nanos() < KEPT_NANOS) {
                return;
            }
            forget(oldest.getKey());
        }
    }

    /** Returns the flights whose turns are kept. */
    Collection<Flight> flights() {
        return List.copyOf(left.keySet());
    }
}
