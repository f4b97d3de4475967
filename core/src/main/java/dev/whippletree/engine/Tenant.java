package dev.whippletree.engine;

import dev.whippletree.model.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A tenant's turns, and those of its sessions: which one is next, and where the last one ended. Guarded by the engine's lock.
 *
 * <p>The tenant has one start, which moves on whenever one of its flights is served; its flights have fixed turns among themselves.
 */
final class Tenant {

    private static final double BATCH_TURNS = 8;

    private final long number;
    private final List<TenantQueue> queues = new ArrayList<>(1);
    private final Map<Queue, Turns> sessions = new HashMap<>();
    private double weight;
    private double start;
    private double serving;

    /** What a session's turns are charged to: its batch must not stand before what is urgent to the same session. */
    private record Queue(String session, Priority priority) {

        static Queue of(Flight flight) {
            return new Queue(flight.prompt().session().orElse(""), flight.priority());
        }
    }

    /** A queue's flights in the line, and where its last turn ends. */
    private static final class Turns {
        private int waiting;
        private double end;
    }

    /**
     * Creates a tenant that begins now.
     *
     * @param number tells it from the others, and goes first of equal starts
     * @param start its next turn
     * @param serving the turn of the sessions that is served now
     */
    Tenant(long number, double weight, double start, double serving) {
        this.number = number;
        this.weight = weight;
        this.start = start;
        this.serving = serving;
    }

    long number() {
        return number;
    }

    double weight() {
        return weight;
    }

    void weigh(double weight) {
        this.weight = weight;
    }

    /** Returns where its next turn starts. */
    double start() {
        return start;
    }

    /** Moves its next turn. It must be in no lane meanwhile: lanes keep tenants by their starts. */
    void start(double start) {
        this.start = start;
    }

    /** Returns its queues in the lanes where it has flights. */
    List<TenantQueue> queues() {
        return queues;
    }

    /** Returns whether it goes before another where both wait. */
    boolean isBefore(Tenant other) {
        return start != other.start ? start < other.start : number < other.number;
    }

    /** A flight enters the line. Returns the turn that its session has for it. */
    double turnFor(Flight flight) {
        Turns turns = turns(flight);
        double turn = Math.max(serving, turns.end);
        turns.end = turn + flight.cost() * (flight.priority() == Priority.BATCH ? BATCH_TURNS : 1);
        return turn;
    }

    /** A flight is in the line. */
    void enter(Flight flight) {
        turns(flight).waiting++;
    }

    /** A flight is out of it. */
    void leave(Flight flight) {
        turns(flight).waiting--;
    }

    private Turns turns(Flight flight) {
        return sessions.computeIfAbsent(Queue.of(flight), queue -> new Turns());
    }

    /** Returns the turn that is served now, after one of its flights was. */
    double served(Flight flight) {
        serving = Math.max(serving, flight.turn());
        return serving;
    }

    /** Returns of how many sessions it remembers their turns. */
    int sessions() {
        return sessions.size();
    }

    /** Forgets the sessions that have nothing in the line. */
    void forgetIdle() {
        sessions.values().removeIf(turns -> turns.waiting == 0);
    }
}
