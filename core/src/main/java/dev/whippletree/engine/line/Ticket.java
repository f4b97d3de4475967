package dev.whippletree.engine.line;

import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A waiter's turn in the line. It keeps the turn when it comes back. Guarded by the engine's lock. */
public final class Ticket {

    /** By turn among a tenant's tickets; among equals, the first to come. */
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

    /** Where its tenant's turn started when it was first and didn't fit; else not a number. */
    private double heldStart = Double.NaN;

    /**
     * Creates a ticket without a turn, out of the line.
     *
     * @param session its session; empty: the one of all that name none
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

    /** Makes it interactive, and forgets its turn. It must be out of the line. */
    public void hurry() {
        priority = Priority.INTERACTIVE;
        order = 0;
    }

    public boolean isInLine() {
        return place != null;
    }

    /** Returns whether it has a turn, in the line or to come back to. */
    public boolean hasTurn() {
        return order > 0;
    }

    public void takeTurnOf(Ticket other) {
        turn = other.turn;
        order = other.order;
        cost = other.cost;
        solo = other.solo;
        heldStart = other.heldStart;
    }

    /** Keeps the charge for its turn, because its call was made. */
    public void keepCharge() {
        charge = 0;
    }

    /** Returns whether it is a kept turn, for which nobody waits. */
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

    double cost() {
        return cost;
    }

    void cost(double itsCost) {
        cost = itsCost;
    }

    void charged(double amount) {
        charge = amount;
    }

    /** Returns, once, what its tenant was charged for a turn that came to nothing. */
    double takeCharge() {
        double taken = charge;
        charge = 0;
        return taken;
    }

    /** Marks it as solo: its tenant has had nothing else waiting since it came. */
    void solo(boolean alone) {
        solo = alone;
    }

    boolean isSolo() {
        return solo;
    }

    /** Keeps its place until it is served: it was first and didn't fit. */
    void hold(double start) {
        heldStart = start;
    }

    boolean isHeld() {
        return !Double.isNaN(heldStart);
    }

    double heldStart() {
        return heldStart;
    }

    void letGo() {
        heldStart = Double.NaN;
    }

    /**
     * Computes what a turn costs, for tenants and sessions alike: one call; or, where limits of tokens bind before
     * limits of requests, the ticket's tokens relative to the usual. Guarded by the engine's lock.
     */
    static final class TurnCost {

        /** About so many of the latest tickets determine what is usual. */
        private static final double MEMORY = 100;

        private double prompt;
        private double completion;
        private double counted;

        /**
         * Returns the cost of a ticket's turn: 1 where calls count, and on average.
         *
         * @param eligibility what its waiter may use
         */
        double of(Ticket ticket, Eligibility eligibility) {
            TokenCount tokens = ticket.waiter().meanTokens();
            count(tokens);
            TokenCount usual = new TokenCount(Math.max(1, Math.round(prompt)), Math.round(completion));
            return eligibility.tokensBind(usual) ? Math.max(1.0, (double) tokens.total()) / usual.total() : 1;
        }

        private void count(TokenCount tokens) {
            counted = Math.min(counted + 1, MEMORY);
            prompt += (tokens.prompt() - prompt) / counted;
            completion += (tokens.completion() - completion) / counted;
        }
    }
}
