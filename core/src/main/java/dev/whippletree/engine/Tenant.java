package dev.whippletree.engine;

import dev.whippletree.model.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's turns, and those of its sessions: which one is next, and where the last one ended. Guarded by the engine's lock.
 *
 * <p>Of each priority the tenant has one start, which moves on whenever such a flight of it is served; its flights have fixed turns
 * among themselves.
 */
final class Tenant {

    private final long number;
    private final List<TenantQueue> queues = new ArrayList<>(1);
    private final Map<String, Session> sessions = new HashMap<>();
    private final TenantBacklog backlog = new TenantBacklog();
    private int waiting;
    private @Nullable Flight lone;
    private double weight;
    private final Clock people;
    private final Clock batch;
    private double peopleSince;
    private long latestMark;
    private long markBefore;

    /** Where the tenant's next turn of a priority starts, and which turn of its sessions is served. */
    private static final class Clock {
        private double start;
        private double serving;

        Clock(double start, double serving) {
            this.start = start;
            this.serving = serving;
        }
    }

    /**
     * Creates a tenant that begins now.
     *
     * @param number tells it from the others, and goes first of equal starts
     * @param people the turns of interactive flights that are served now
     * @param batch those of batch flights
     */
    Tenant(long number, double weight, Serving people, Serving batch) {
        this.number = number;
        this.weight = weight;
        this.people = new Clock(people.tenants(), people.sessions());
        this.batch = new Clock(batch.tenants(), batch.sessions());
    }

    /**
     * Which turns are served now. Immutable.
     *
     * @param tenants where the latest turn of any tenant started
     * @param sessions the same among sessions
     */
    record Serving(double tenants, double sessions) {

        /** The begin of all. */
        static final Serving FIRST = new Serving(0, 0);

        /** Returns what is served after a turn. */
        Serving after(double ofTenant, double ofSession) {
            return new Serving(Math.max(tenants, ofTenant), Math.max(sessions, ofSession));
        }
    }

    private Clock clock(Priority priority) {
        return switch (priority) {
            case INTERACTIVE -> people;
            case BATCH -> batch;
        };
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

    /** Returns where its next turn of a priority starts. */
    double start(Priority priority) {
        return clock(priority).start;
    }

    /** Moves its next turn. It must be in no lane of the priority meanwhile: lanes keep tenants by their starts. */
    void start(Priority priority, double start) {
        clock(priority).start = start;
    }

    /** Returns whether a flight of a priority is in the line. */
    boolean waits(Priority priority) {
        for (TenantQueue queue : queues) {
            if (queue.lane().priority() == priority) {
                return true;
            }
        }
        return false;
    }

    /** Its next interactive flight waits for its turn from now on. */
    void peopleSince(double serving) {
        peopleSince = serving;
    }

    /** Returns which interactive turn was served when its next interactive flight began to wait for its own. */
    double peopleSince() {
        return peopleSince;
    }

    /**
     * A flight of it is served.
     *
     * @param mark how many flights have ever entered the line
     */
    void mark(long mark) {
        markBefore = latestMark;
        latestMark = mark;
    }

    /** Returns how many flights had entered the line when its second latest flight was served; 0 if there is none. */
    long markBefore() {
        return markBefore;
    }

    /** Returns its queues in the lanes where it has flights. */
    List<TenantQueue> queues() {
        return queues;
    }

    /** Returns the session of one of its flights. */
    Session session(Flight flight) {
        return sessions.computeIfAbsent(flight.prompt().session().orElse(""), name -> new Session());
    }

    /** Returns the turn that a flight gets which enters the line now. */
    double turnFor(Flight flight, Session session) {
        return session.turnFor(flight, clock(flight.priority()).serving);
    }

    /** A flight is in the line. */
    void enter(Session session) {
        waiting++;
        session.enter();
    }

    /** A flight is out of it. */
    void leave(Session session) {
        waiting--;
        session.leave();
    }

    /** Returns its part of the backlog. */
    TenantBacklog backlog() {
        return backlog;
    }

    /** Its only flight has come. */
    void lone(Flight flight) {
        lone = flight;
    }

    /** Returns the flight that was its only one, once. */
    Optional<Flight> takeLone() {
        Optional<Flight> taken = Optional.ofNullable(lone);
        lone = null;
        return taken;
    }

    /** Returns how many of its flights are in the line. */
    int waiting() {
        return waiting;
    }

    /** Its sessions go on from the turn of a flight that is served. */
    void served(Flight flight) {
        Clock clock = clock(flight.priority());
        clock.serving = Math.max(clock.serving, flight.turn());
    }

    /** Returns of how many sessions it remembers their turns. */
    int sessions() {
        return sessions.size();
    }

    /** Forgets the sessions that have nothing in the line. */
    void forgetIdle() {
        sessions.values().removeIf(Session::isIdle);
    }
}
