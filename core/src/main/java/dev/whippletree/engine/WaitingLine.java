package dev.whippletree.engine;

import dev.whippletree.engine.Subscription.SessionKey;
import dev.whippletree.model.Priority;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flights that no target can take just now, fair between sessions. Guarded by the engine's lock.
 *
 * <p>Turns are given by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996): a session's flight gets the later of the
 * turn now being served and the end of the session's previous turn. A session with a thousand flights thus has its second one
 * served after the first one of everybody else. An interactive flight's turn is short, a batch flight's long, so that several
 * interactive ones go for each batch one and none starves. Entering, leaving and finding the next cost O(log n) in the length of
 * the line and are linear in the lanes, which are few.
 */
final class WaitingLine {

    private static final double INTERACTIVE_TURN = 1;
    private static final double BATCH_TURN = 8;

    private final Map<Lane.Key, Lane> lanes = new LinkedHashMap<>();
    private final Map<SessionKey, SessionTurns> sessions = new HashMap<>();
    private double serving;
    private long entered;
    private int size;

    /** A session's flights in the line, and where its last turn ends. */
    private static final class SessionTurns {
        private int waiting;
        private double end;
    }

    int size() {
        return size;
    }

    Collection<Lane> lanes() {
        return lanes.values();
    }

    /** Returns how many flights of a route wait. */
    int size(Route route) {
        int waiting = 0;
        for (Lane lane : lanes.values()) {
            waiting += lane.key().route() == route ? lane.size() : 0;
        }
        return waiting;
    }

    /** Adds a flight; one that was in the line before goes back to its turn. */
    void add(Flight flight) {
        Lane lane = lanes.computeIfAbsent(Lane.Key.of(flight), Lane::new);
        SessionTurns turns = sessions.computeIfAbsent(session(flight), session -> new SessionTurns());
        turns.waiting++;
        size++;
        if (flight.order() > 0) {
            flight.enter(lane, flight.turn(), flight.order());
        } else {
            double turn = Math.max(serving, turns.end);
            turns.end = turn + (flight.prompt().priority() == Priority.BATCH ? BATCH_TURN : INTERACTIVE_TURN);
            flight.enter(lane, turn, ++entered);
        }
        lane.add(flight);
    }

    /** Removes a flight that leaves without being served. */
    void remove(Flight flight) {
        Lane lane = flight.lane();
        if (lane == null) {
            return;
        }
        lane.remove(flight);
        if (lane.isEmpty()) {
            lanes.remove(lane.key());
        }
        size--;
        SessionTurns turns = sessions.get(session(flight));
        if (turns != null && --turns.waiting == 0) {
            sessions.remove(session(flight));
        }
    }

    /** Removes a flight because it is served: its turn is now the one being served. */
    void serve(Flight flight) {
        serving = Math.max(serving, flight.turn());
        remove(flight);
    }

    /** Returns the lane whose first flight's turn comes first, other than those given; null if there is none. */
    @Nullable Lane next(Set<Lane> others) {
        Lane next = null;
        for (Lane lane : lanes.values()) {
            if (!others.contains(lane) && (next == null || Lane.IN_TURN.compare(lane.first(), next.first()) < 0)) {
                next = lane;
            }
        }
        return next;
    }

    private static SessionKey session(Flight flight) {
        return SessionKey.of(flight.prompt());
    }
}
