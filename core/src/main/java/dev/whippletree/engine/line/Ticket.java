package dev.whippletree.engine.line;

import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A waiter's turn in the line, which it keeps when it comes back. Guarded by the engine's lock. */
public final class Ticket {

    /** By turn among its tenant's; of the same turn, the one that came first. */
    static final Comparator<Ticket> IN_TURN = (one, other) -> {
        int byTurn = Double.compare(one.turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(one.order, other.order);
    };

    private final Waiter waiter;
    private final String tenant;
    private final String session;
    private Priority priority;
    private Treap.@Nullable Node<?> place;
    private double turn;
    private long order;
    private double cost = 1;
    private double charge;
    private boolean solo;
    private boolean absent;

    /** Where its tenant's turn started when it came first and didn't fit; not a number if it hasn't. */
    private double heldStart = Double.NaN;

    /**
     * Creates one without a turn, out of the line.
     *
     * @param session which one of its tenant's; empty: that of all who name none
     */
    public Ticket(Waiter waiter, String tenant, String session, Priority priority) {
        this.waiter = waiter;
        this.tenant = tenant;
        this.session = session;
        this.priority = priority;
    }

    public Waiter waiter() {
        return waiter;
    }

    public String tenant() {
        return tenant;
    }

    String session() {
        return session;
    }

    public Priority priority() {
        return priority;
    }

    /** It is urgent from now on: it forgets its turn. It must be out of the line. */
    public void hurry() {
        priority = Priority.INTERACTIVE;
        order = 0;
    }

    /** Returns whether it is in the line. */
    public boolean isInLine() {
        return place != null;
    }

    /** Returns whether it has a turn, in the line or to come back to. */
    public boolean hasTurn() {
        return order > 0;
    }

    /** Its waiter takes over the turn of a waiter that left. */
    public void takeTurnOf(Ticket other) {
        turn = other.turn;
        order = other.order;
        cost = other.cost;
        solo = other.solo;
        heldStart = other.heldStart;
    }

    /** The call for which its tenant was charged was made: its turn is over, and nothing is given back. */
    public void keepCharge() {
        charge = 0;
    }

    /** Returns whether nobody waits any more: only its turn is kept. */
    public boolean isAbsent() {
        return absent;
    }

    void leaveBehind() {
        absent = true;
        charge = 0;
    }

    void enter(Treap.Node<?> at, double itsTurn, long itsOrder) {
        place = at;
        turn = itsTurn;
        order = itsOrder;
    }

    void leaveLine() {
        place = null;
    }

    Treap.@Nullable Node<?> place() {
        return place;
    }

    double turn() {
        return turn;
    }

    long order() {
        return order;
    }

    /** Returns whether its turn is before another's of the same tenant. */
    boolean isBefore(Ticket other) {
        return IN_TURN.compare(this, other) < 0;
    }

    /** Returns what its turn costs: 1 on average. */
    double cost() {
        return cost;
    }

    void cost(double itsCost) {
        cost = itsCost;
    }

    /** Its tenant was charged for its turn. */
    void charged(double amount) {
        charge = amount;
    }

    /** Returns what its tenant was charged for a turn that came to nothing, once. */
    double takeCharge() {
        double taken = charge;
        charge = 0;
        return taken;
    }

    /** Says whether its tenant has had nothing else waiting since it came. */
    void solo(boolean alone) {
        solo = alone;
    }

    boolean isSolo() {
        return solo;
    }

    /** It came first and didn't fit: until it is served it keeps that place. */
    void hold(double start) {
        heldStart = start;
    }

    boolean isHeld() {
        return !Double.isNaN(heldStart);
    }

    double heldStart() {
        return heldStart;
    }

    /** It is served, and keeps no place. */
    void letGo() {
        heldStart = Double.NaN;
    }

    /**
     * What a turn costs, by one rule for tenants and sessions: a call; or, where limits of tokens let fewer calls begin than limits of
     * requests do, the ticket's tokens, of which a usual ticket's cost as much as a call. Guarded by the engine's lock.
     */
    static final class TurnCost {

        /** About so many of the latest tickets are what is usual. */
        private static final double MEMORY = 100;

        private double prompt;
        private double completion;
        private double counted;

        /**
         * Returns what a ticket's turn costs, 1 where calls count and on average.
         *
         * @param eligibility what its waiter may use
         */
        double of(Ticket ticket, Eligibility eligibility) {
            TokenCount tokens = ticket.waiter().meanTokens();
            count(tokens);
            TokenCount usual = new TokenCount(Math.max(1, Math.round(prompt)), Math.round(completion));
            return eligibility.tokensBind(usual) ? Math.max(1.0, tokens.total()) / usual.total() : 1;
        }

        private void count(TokenCount tokens) {
            counted = Math.min(counted + 1, MEMORY);
            prompt += (tokens.prompt() - prompt) / counted;
            completion += (tokens.completion() - completion) / counted;
        }
    }
}
