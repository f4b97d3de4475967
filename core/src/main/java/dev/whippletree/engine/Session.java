package dev.whippletree.engine;

import java.util.Objects;

/** One session of a tenant: where its turns end, what waits of it, and what of that hasn't begun. Guarded by the engine's lock. */
final class Session extends Treap.Node<Session> {

    /** Those that haven't begun, the newest first. */
    private final Treap<Entry> unbegun = new Treap<>();

    /** A flight among those that haven't begun. */
    static final class Entry extends Treap.Node<Entry> {

        private final Flight flight;

        private Entry(Flight flight) {
            this.flight = flight;
        }
    }

    private double endOfPeople;
    private double endOfBatch;
    private int waiting;
    private int length;

    /**
     * Gives a flight the next turn. Its batch has turns of its own, for it must not stand before what is urgent to the same session.
     *
     * @param serving the turn that is served now among the tenant's sessions
     */
    double turnFor(Flight flight, double serving) {
        return switch (flight.priority()) {
            case INTERACTIVE -> {
                double turn = Math.max(serving, endOfPeople);
                endOfPeople = turn + flight.cost();
                yield turn;
            }
            case BATCH -> {
                double turn = Math.max(serving, endOfBatch);
                endOfBatch = turn + flight.cost();
                yield turn;
            }
        };
    }

    /** A flight is in the line. */
    void enter() {
        waiting++;
    }

    /** A flight is out of it. */
    void leave() {
        waiting--;
    }

    /** Returns whether nothing of it is in the line. */
    boolean isIdle() {
        return waiting == 0;
    }

    /** Adds a flight that hasn't begun; returns where it stands. */
    Entry add(Flight flight) {
        Entry entry = new Entry(flight);
        unbegun.add(entry, 0, -flight.order());
        length++;
        return entry;
    }

    void remove(Entry entry) {
        unbegun.remove(entry);
        length--;
    }

    /** Returns how many of its flights wait and haven't begun yet. */
    int length() {
        return length;
    }

    /** Returns the newest of those, of which there are some. */
    Flight newest() {
        return first().flight;
    }

    /** Returns its number in the order in which flights entered the line. */
    long newestOrder() {
        return -first().number;
    }

    private Entry first() {
        return Objects.requireNonNull(unbegun.first(), "no flight of the session waits that hasn't begun");
    }
}
