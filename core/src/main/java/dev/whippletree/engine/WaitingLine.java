package dev.whippletree.engine;

import dev.whippletree.engine.Subscription.SessionKey;
import dev.whippletree.model.Priority;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The flights that no target can take just now, fair between sessions. Guarded by the engine's lock.
 *
 * <p>Turns are given by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996): a session's flight gets the later of the
 * turn now being served and the end of the session's previous turn. A session with a thousand flights thus has its second one
 * served after the first one of everybody else. An interactive flight's turn is short, a batch flight's long, so that several
 * interactive ones go for each batch one and none starves. Entering, leaving, finding the next and counting those ahead cost
 * O(log n) in the length of the line; counting is also linear in the lanes, which are few.
 */
final class WaitingLine {

    private static final double INTERACTIVE_TURN = 1;
    private static final double BATCH_TURN = 8;
    private static final int FEWEST_KEPT = 1_000;

    private final Map<TargetOptions.Key, Lane> lanes = new LinkedHashMap<>();

    /** The first flight of each lane. */
    private final NavigableSet<Flight> firsts = new TreeSet<>(Flight.IN_TURN);

    private final Map<Queue, Turns> queues = new HashMap<>();

    /** Flights that were taken out and come back to their turns, or have ended meanwhile. */
    private final Set<Flight> away = new HashSet<>(0);

    private double serving;
    private long entered;
    private int size;

    /** What turns are charged to: a session's batch must not stand before what is urgent to the same session. */
    private record Queue(SessionKey session, Priority priority) {

        static Queue of(Flight flight) {
            return new Queue(SessionKey.of(flight.prompt()), flight.priority());
        }
    }

    /** A queue's flights in the line, and where its last turn ends. */
    private static final class Turns {
        private int waiting;
        private double end;
    }

    int size() {
        return size;
    }

    Collection<Lane> lanes() {
        return lanes.values();
    }

    /** Returns whether a flight waits. */
    boolean contains(Flight flight) {
        return flight.place() != null;
    }

    /** Returns the lane of a flight that waits. */
    Lane laneOf(Flight flight) {
        return (Lane) Objects.requireNonNull(flight.place(), "a flight in line has a lane");
    }

    /** Adds a flight; one that was in the line before goes back to its turn. */
    void add(Flight flight) {
        Lane lane = lanes.computeIfAbsent(flight.options().key(), key -> new Lane(key, flight.options()));
        Turns turns = queues.computeIfAbsent(Queue.of(flight), queue -> new Turns());
        turns.waiting++;
        size++;
        away.remove(flight);
        if (flight.order() > 0) {
            flight.enter(lane, flight.turn(), flight.order());
        } else {
            double turn = Math.max(serving, turns.end);
            turns.end = turn + (flight.priority() == Priority.BATCH ? BATCH_TURN : INTERACTIVE_TURN);
            flight.enter(lane, turn, ++entered);
        }
        Flight firstBefore = lane.first();
        lane.add(flight);
        if (lane.first() == flight) {
            if (firstBefore != null) {
                firsts.remove(firstBefore);
            }
            firsts.add(flight);
        }
    }

    /** Removes a flight that leaves without being served. */
    void remove(Flight flight) {
        if (contains(flight)) {
            leave(flight);
            forgetIdle();
        }
    }

    /** Takes out a flight of the line that goes back to its turn; its session keeps its place meanwhile. */
    void takeOut(Flight flight) {
        away.add(flight);
        leave(flight);
    }

    private void leave(Flight flight) {
        Lane lane = laneOf(flight);
        lane.remove(flight);
        flight.leaveLine();
        Flight first = lane.first();
        if (firsts.remove(flight) && first != null) {
            firsts.add(first);
        }
        if (first == null) {
            lanes.remove(lane.key());
        }
        size--;
        Turns turns = queues.get(Queue.of(flight));
        if (turns != null) {
            turns.waiting--;
        }
    }

    /**
     * Forgets queues with nothing in the line once that gives them no advantage: when the line is empty and everybody starts anew.
     * A session that asks one by one would otherwise go first each time. In a line that is never empty those without a flight are
     * forgotten when there are many of them, which bounds the memory.
     */
    private void forgetIdle() {
        if (size == 0 && nobodyComesBack()) {
            queues.clear();
        } else if (away.isEmpty() && queues.size() > FEWEST_KEPT + 2L * size) {
            queues.values().removeIf(turns -> turns.waiting == 0);
        }
    }

    private boolean nobodyComesBack() {
        away.removeIf(flight -> flight.stage() == Flight.Stage.ENDED);
        return away.isEmpty();
    }

    /** Returns of how many sessions it remembers their turns. */
    int sessions() {
        return queues.size();
    }

    /** Gives a batch flight that somebody is waiting for now the turn of an urgent one, if that is sooner than its own. */
    void hurry(Flight flight) {
        takeOut(flight);
        double turn = flight.turn();
        flight.hurry();
        add(flight);
        if (turn < flight.turn()) {
            takeOut(flight);
            flight.keepTurn(turn);
            add(flight);
        }
    }

    /** Removes a flight because it is served: its turn is now the one being served. */
    void serve(Flight flight) {
        serving = Math.max(serving, flight.turn());
        remove(flight);
    }

    /** Returns that first flight of a lane whose turn is the next after another's, or the very first; null if there is none. */
    @Nullable Flight next(@Nullable Flight after) {
        if (after != null) {
            return firsts.higher(after);
        }
        return firsts.isEmpty() ? null : firsts.first();
    }
}
