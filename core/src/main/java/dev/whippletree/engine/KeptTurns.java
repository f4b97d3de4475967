package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.model.Priority;
import dev.whippletree.spi.CacheKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps the turns of flights whose callers left while waiting. For two minutes, an equal prompt of the same tenant,
 * session and priority gets such a turn: a caller with a short timeout who asks again and again is served as if it had
 * waited. Guarded by the engine's lock.
 *
 * <p>A kept turn counts towards the line's size and in forecasts, but holds no room.
 */
final class KeptTurns {

    private static final long KEPT_NANOS = Duration.ofMinutes(2).toNanos();

    private final WaitingLine line;
    private final Tally tally;

    /** When each flight left, in order. */
    private final Map<Flight, Long> left = new LinkedHashMap<>();

    private final Map<Owner, Deque<Flight>> byOwner = new HashMap<>();

    /** Who may return to a turn; a key belongs to one tenant. */
    private record Owner(Optional<String> session, Priority priority, CacheKey key) {

        static Owner of(Flight flight) {
            return new Owner(flight.prompt().session(), flight.priority(), flight.key());
        }
    }

    KeptTurns(WaitingLine line, Tally tally) {
        this.line = line;
        this.tally = tally;
    }

    /** Keeps the turn of a waiting or pausing flight whose last caller left. */
    void keep(Flight flight, long now) {
        flight.keepTurnOnly();
        line.keepTurn(flight.ticket());
        left.put(flight, now);
        byOwner.computeIfAbsent(Owner.of(flight), unused -> new ArrayDeque<>(1)).add(flight);
    }

    /** Gives a flight without a turn the first one kept for it, if any. */
    void resume(Flight flight, long now) {
        forgetOld(now);
        Deque<Flight> turns = byOwner.get(Owner.of(flight));
        if (turns != null) {
            Flight first = turns.getFirst();
            forget(first);
            flight.ticket().takeTurnOf(first.ticket());
            tally.resumed();
        }
    }

    private void forget(Flight flight) {
        if (left.remove(flight) != null) {
            line.remove(flight.ticket());
            byOwner.computeIfPresent(
                    Owner.of(flight), (owner, turns) -> turns.remove(flight) && turns.isEmpty() ? null : turns);
        }
    }

    /** Gives up the oldest kept turn of some tenants. Returns whether there was one. */
    boolean forgetOldest(Predicate<String> tenants) {
        Optional<Flight> oldest = left.keySet().stream()
                .filter(flight -> tenants.test(flight.prompt().tenant()))
                .findFirst();
        oldest.ifPresent(this::forget);
        return oldest.isPresent();
    }

    void forgetOld(long now) {
        while (!left.isEmpty() && now - left.values().iterator().next() >= KEPT_NANOS) {
            forget(left.keySet().iterator().next());
        }
    }
}
