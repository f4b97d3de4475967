package dev.whippletree.engine.line;

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
 * A tenant's turns, and those of its sessions: which one is next, and where the last one ended. Guarded by the engine's
 * lock.
 *
 * <p>For each priority the tenant has one start, which moves on whenever one of its tickets is served; its tickets have
 * fixed turns among themselves.
 */
final class WaitingTenant extends Treap.Node<WaitingTenant> {

    private final long tenantNumber;
    private final List<TenantQueue> queues = new ArrayList<>(1);
    private final Map<String, Session> sessions = new HashMap<>();

    /** Its sessions with tickets that haven't begun, the longest first; of equals, the one with the newest ticket. */
    private final Treap<Session> byLength = new Treap<>();

    private int unbegun;
    private int waiting;
    private @Nullable Ticket solo;
    private double weight;
    private final Clock people;
    private final Clock batch;
    private double peopleSince;
    private long latestMark;
    private long markBefore;

    /** Where a priority's next turn starts, which turn of its sessions is being served, and in how many processes. */
    private static final class Clock {
        private double start;
        private double serving;
        private int processes = 1;

        Clock(double start, double serving) {
            this.start = start;
            this.serving = serving;
        }
    }

    /**
     * Creates a tenant whose turns begin now.
     *
     * @param number its number; among equal starts, the lowest goes first
     * @param people the interactive turns being served
     * @param batch the batch turns being served
     */
    WaitingTenant(long number, double weight, Serving people, Serving batch) {
        this.tenantNumber = number;
        this.weight = weight;
        this.people = new Clock(people.tenants(), people.sessions());
        this.batch = new Clock(batch.tenants(), batch.sessions());
    }

    /**
     * The turns being served. Immutable.
     *
     * @param tenants where the latest turn of any tenant started
     * @param sessions the same among sessions
     */
    record Serving(double tenants, double sessions) {

        static final Serving FIRST = new Serving(0, 0);

        /** Returns the turns being served after one more. */
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
        return tenantNumber;
    }

    double weight() {
        return weight;
    }

    void weigh(double weight) {
        this.weight = weight;
    }

    /** So many processes give it turns of a priority. */
    void spread(Priority priority, int processes) {
        clock(priority).processes = processes;
    }

    /** Returns this process's part of its weight. */
    double weightHere(Priority priority) {
        return weight / clock(priority).processes;
    }

    double start(Priority priority) {
        return clock(priority).start;
    }

    /** Moves its next turn. Its queues of the priority have to be moved with it. */
    void start(Priority priority, double start) {
        clock(priority).start = start;
    }

    boolean waits(Priority priority) {
        for (TenantQueue queue : queues) {
            if (queue.lane().priority() == priority) {
                return true;
            }
        }
        return false;
    }

    /** Notes the interactive turn being served when its next interactive ticket begins to wait. */
    void peopleSince(double serving) {
        peopleSince = serving;
    }

    /** Returns the interactive turn that was being served when its next interactive ticket began to wait. */
    double peopleSince() {
        return peopleSince;
    }

    /** Notes that one of its tickets is served, when so many have ever entered the line. */
    void mark(long mark) {
        markBefore = latestMark;
        latestMark = mark;
    }

    /** Returns how many tickets had entered the line when its last but one ticket was served; 0 if there was none. */
    long markBefore() {
        return markBefore;
    }

    List<TenantQueue> queues() {
        return queues;
    }

    Session session(Ticket ticket) {
        return sessions.computeIfAbsent(ticket.session(), name -> new Session());
    }

    double turnFor(Ticket ticket, Session session) {
        return session.turnFor(ticket, clock(ticket.priority()).serving);
    }

    void enter(Session session) {
        waiting++;
        session.enter();
    }

    void leave(Session session) {
        waiting--;
        session.leave();
    }

    /** Adds a ticket that hasn't begun to its part of the {@link Backlog}, whose node it is. */
    void addUnbegun(Ticket ticket) {
        ticket.backlogged(ticket.inSession().add(ticket));
        unbegun++;
        arrange(ticket.inSession());
    }

    /** Removes a ticket from the backlog. Returns whether it was there. */
    boolean removeUnbegun(Ticket ticket) {
        Session.Entry entry = ticket.backlogged();
        if (entry == null) {
            return false;
        }
        ticket.backlogged(null);
        ticket.inSession().remove(entry);
        unbegun--;
        arrange(ticket.inSession());
        return true;
    }

    private void arrange(Session session) {
        byLength.removeIfPresent(session);
        if (session.length() > 0) {
            byLength.add(session, -session.length(), -session.newestOrder());
        }
    }

    /** Returns how many of its waiting tickets haven't begun. */
    int unbegun() {
        return unbegun;
    }

    /** Returns the session of which most tickets wait that haven't begun; null if none does. */
    @Nullable Session longest() {
        return byLength.first();
    }

    /** Returns the ticket that is shed first; empty if there is none. */
    Optional<Ticket> newestOfLongest() {
        return Optional.ofNullable(longest()).map(Session::newest);
    }

    void solo(Ticket ticket) {
        solo = ticket;
    }

    /** Returns the ticket that was its only one, once. */
    Optional<Ticket> takeSolo() {
        Optional<Ticket> taken = Optional.ofNullable(solo);
        solo = null;
        return taken;
    }

    int waiting() {
        return waiting;
    }

    /** Moves its sessions to the turn of a ticket that is served. */
    void served(Ticket ticket) {
        Clock clock = clock(ticket.priority());
        clock.serving = Math.max(clock.serving, ticket.turn());
    }

    int sessions() {
        return sessions.size();
    }

    void forgetIdle() {
        sessions.values().removeIf(Session::isIdle);
    }

    /**
     * One session of a tenant: where its turns end, and how many of its tickets wait and haven't begun. Guarded by the
     * engine's lock.
     */
    static final class Session extends Treap.Node<Session> {

        /** Tickets that haven't begun, the newest first. */
        private final Treap<Entry> unbegun = new Treap<>();

        /** A ticket among those that haven't begun. */
        static final class Entry extends Treap.Node<Entry> {

            private final Ticket ticket;

            private Entry(Ticket ticket) {
                this.ticket = ticket;
            }
        }

        /** Where the turns of each priority end. */
        private final double[] ends = new double[Priority.values().length];

        private int waiting;
        private int length;

        /**
         * Gives a ticket the next turn. Batch tickets have turns of their own, so that they never delay the session's
         * interactive ones.
         *
         * @param serving the turn being served among the tenant's sessions
         */
        double turnFor(Ticket ticket, double serving) {
            int priority = ticket.priority().ordinal();
            double turn = Math.max(serving, ends[priority]);
            ends[priority] = turn + ticket.cost();
            return turn;
        }

        void enter() {
            waiting++;
        }

        void leave() {
            waiting--;
        }

        boolean isIdle() {
            return waiting == 0;
        }

        /** Adds a ticket that hasn't begun. Returns its entry. */
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

        /** Returns the newest ticket that hasn't begun; there must be one. */
        Ticket newest() {
            return first().ticket;
        }

        long newestOrder() {
            return -first().number;
        }

        private Entry first() {
            return Objects.requireNonNull(unbegun.first(), "no ticket of the session waits that hasn't begun");
        }
    }

    /**
     * Keeps the solo tickets: interactive ones whose tenant has had nothing else waiting since they came. No other
     * tenant of at most the same weight starts more than two tickets before a solo one on targets that could have taken
     * it. Guarded by the engine's lock.
     *
     * <p>Turns alone ensure that, except where small tickets overtake or turns cost tokens. So when a tenant is about
     * to start a ticket, those solo tickets are tried first that came before its last two. They are few: those that
     * haven't fitted anywhere since.
     */
    static final class SoloPriority {

        private final NavigableMap<Long, Ticket> byOrder = new TreeMap<>();

        void add(Ticket ticket) {
            byOrder.put(ticket.order(), ticket);
        }

        /** Removes a ticket that isn't solo any more, or has left the line. */
        void remove(Ticket ticket) {
            byOrder.remove(ticket.order(), ticket);
        }

        /** Returns the tickets that may have to start before a tenant's next one, in order. */
        List<Ticket> before(WaitingTenant tenant) {
            Collection<Ticket> candidates =
                    byOrder.headMap(tenant.markBefore(), true).values();
            if (candidates.isEmpty()) {
                return List.of();
            }
            List<Ticket> before = new ArrayList<>();
            for (Ticket ticket : candidates) {
                WaitingTenant other = ticket.queue().tenant();
                if (other != tenant && tenant.weight() <= other.weight()) {
                    before.add(ticket);
                }
            }
            return before;
        }
    }
}
