package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Backlog.TenantBacklog;
import dev.whippletree.engine.line.Lane.Place;
import dev.whippletree.engine.line.Lane.TenantQueue;
import dev.whippletree.model.Priority;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
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

    /** One session of a tenant: where its turns end, what waits of it, and what of that hasn't begun. Guarded by the engine's lock. */
    static final class Session extends Treap.Node<Session> {

        /** Those that haven't begun, the newest first. */
        private final Treap<Entry> unbegun = new Treap<>();

        /** A ticket among those that haven't begun. */
        static final class Entry extends Treap.Node<Entry> {

            private final Ticket ticket;

            private Entry(Ticket ticket) {
                this.ticket = ticket;
            }
        }

        private double endOfPeople;
        private double endOfBatch;
        private int waiting;
        private int length;

        /**
         * Gives a ticket the next turn. Its batch has turns of its own, for it must not stand before what is urgent to the same session.
         *
         * @param serving the turn that is served now among the tenant's sessions
         */
        double turnFor(Ticket ticket, double serving) {
            return switch (ticket.priority()) {
                case INTERACTIVE -> {
                    double turn = Math.max(serving, endOfPeople);
                    endOfPeople = turn + ticket.cost();
                    yield turn;
                }
                case BATCH -> {
                    double turn = Math.max(serving, endOfBatch);
                    endOfBatch = turn + ticket.cost();
                    yield turn;
                }
            };
        }

        /** A ticket is in the line. */
        void enter() {
            waiting++;
        }

        /** A ticket is out of it. */
        void leave() {
            waiting--;
        }

        /** Returns whether nothing of it is in the line. */
        boolean isIdle() {
            return waiting == 0;
        }

        /** Adds a ticket that hasn't begun; returns where it stands. */
        Entry add(Ticket ticket) {
            Entry entry = new Entry(ticket);
            unbegun.add(entry, 0, -ticket.order());
            length++;
            return entry;
        }

        void remove(Entry entry) {
            unbegun.remove(entry);
            length--;
        }

        /** Returns how many of its tickets wait and haven't begun yet. */
        int length() {
            return length;
        }

        /** Returns the newest of those, of which there are some. */
        Ticket newest() {
            return first().ticket;
        }

        /** Returns its number in the order in which tickets entered the line. */
        long newestOrder() {
            return -first().number;
        }

        private Entry first() {
            return Objects.requireNonNull(unbegun.first(), "no ticket of the session waits that hasn't begun");
        }
    }

    /**
     * Solo tickets: interactive ones whose tenant has nothing else waiting since they came. No other tenant of at most their weight starts more than two
     * before them on targets that could have taken them. Guarded by the engine's lock.
     *
     * <p>Turns alone bring that about, except where small tickets overtake, or turns cost tokens. So when a tenant is about to start one, those
     * solo tickets are tried first which came before its last two. They are few: those that fitted nowhere meanwhile.
     */
    static final class Precedence {

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
}
