package dev.whippletree.engine.line;

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
 * <p>Of each priority the tenant has one start, which moves on whenever such a ticket of it is served; its tickets have fixed turns
 * among themselves.
 */
final class Tenant {

    private final long number;
    private final List<TenantQueue> queues = new ArrayList<>(1);
    private final Map<String, Session> sessions = new HashMap<>();
    private final TenantBacklog backlog = new TenantBacklog();
    private int waiting;
    private @Nullable Ticket solo;
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
     * @param people the turns of interactive tickets that are served now
     * @param batch those of batch tickets
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

    /** Returns whether a ticket of a priority is in the line. */
    boolean waits(Priority priority) {
        for (TenantQueue queue : queues) {
            if (queue.lane().priority() == priority) {
                return true;
            }
        }
        return false;
    }

    /** Its next interactive ticket waits for its turn from now on. */
    void peopleSince(double serving) {
        peopleSince = serving;
    }

    /** Returns which interactive turn was served when its next interactive ticket began to wait for its own. */
    double peopleSince() {
        return peopleSince;
    }

    /**
     * A ticket of it is served.
     *
     * @param mark how many tickets have ever entered the line
     */
    void mark(long mark) {
        markBefore = latestMark;
        latestMark = mark;
    }

    /** Returns how many tickets had entered the line when its second latest ticket was served; 0 if there is none. */
    long markBefore() {
        return markBefore;
    }

    /** Returns its queues in the lanes where it has tickets. */
    List<TenantQueue> queues() {
        return queues;
    }

    /** Returns the session of one of its tickets. */
    Session session(Ticket ticket) {
        return sessions.computeIfAbsent(ticket.session(), name -> new Session());
    }

    /** Returns the turn that a ticket gets which enters the line now. */
    double turnFor(Ticket ticket, Session session) {
        return session.turnFor(ticket, clock(ticket.priority()).serving);
    }

    /** A ticket is in the line. */
    void enter(Session session) {
        waiting++;
        session.enter();
    }

    /** A ticket is out of it. */
    void leave(Session session) {
        waiting--;
        session.leave();
    }

    /** Returns its part of the backlog. */
    TenantBacklog backlog() {
        return backlog;
    }

    /** Its only ticket has come. */
    void solo(Ticket ticket) {
        solo = ticket;
    }

    /** Returns the ticket that was its only one, once. */
    Optional<Ticket> takeSolo() {
        Optional<Ticket> taken = Optional.ofNullable(solo);
        solo = null;
        return taken;
    }

    /** Returns how many of its tickets are in the line. */
    int waiting() {
        return waiting;
    }

    /** Its sessions go on from the turn of a ticket that is served. */
    void served(Ticket ticket) {
        Clock clock = clock(ticket.priority());
        clock.serving = Math.max(clock.serving, ticket.turn());
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
