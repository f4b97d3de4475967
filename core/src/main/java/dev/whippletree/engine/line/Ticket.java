package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Lane.TenantQueue;
import dev.whippletree.engine.line.WaitingTenant.Session;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A waiter's turn in the line. It keeps the turn when it comes back. In the line it is a node of its tenant's queue in
 * a lane. Guarded by the engine's lock.
 */
public final class Ticket extends TurnTree.Turn<Ticket> {

    /** By turn among a tenant's tickets; among equals, the first to come. */
    static final Comparator<Ticket> IN_TURN = (one, other) -> {
        int byTurn = Double.compare(one.turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(one.order, other.order);
    };

    private final Waiter waiter;
    private final String tenant;
    private final String session;
    private Priority priority;

    /** Where it is in the line: its queue, its session, and its entry in the backlog if it hasn't begun. */
    private @Nullable TenantQueue queue;

    private @Nullable Session inSession;
    private Session.@Nullable Entry backlogged;
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
        return queue != null;
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

    void enter(TenantQueue itsQueue, Session its, double itsTurn, long itsOrder) {
        queue = itsQueue;
        inSession = its;
        turn = itsTurn;
        order = itsOrder;
    }

    void leaveLine() {
        queue = null;
        inSession = null;
    }

    /** Returns its queue; it must be in the line. */
    TenantQueue queue() {
        return Objects.requireNonNull(queue, "a ticket in line has a queue");
    }

    /** Returns its session; it must be in the line. */
    Session inSession() {
        return Objects.requireNonNull(inSession, "a ticket in line has a session");
    }

    /** Returns its entry in the backlog; null if it isn't there. */
    Session.@Nullable Entry backlogged() {
        return backlogged;
    }

    void backlogged(Session.@Nullable Entry entry) {
        backlogged = entry;
    }

    @Override
    void count() {
        count(this);
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
