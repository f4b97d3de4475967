package dev.whippletree.engine.line;

import java.util.Objects;

/** One session of a tenant: where its turns end, what waits of it, and what of that hasn't begun. Guarded by the engine's lock. */
final class Session extends Treap.Node<Session> {

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
