package dev.whippletree.spi;

import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The state that several processes over the same accounts share: limits, closures, and calls under way. Thread-safe.
 * No method blocks.
 *
 * <p>Each process counts its own use first; this is the second gate. Whatever is wrong on the way to the others, every stage
 * ends, and soon: a coordination that is cut off answers for this process alone, as carefully as it can, and mends itself. Only
 * what it can't answer at all ends exceptionally; the engine then goes on as if there were no other process, and counts that.
 * A claim that isn't answered within a second counts as failed. A reservation that isn't answered within five seconds is asked for
 * again, and what is granted after that is released; a coordination that has answered none for ten seconds counts as broken.
 */
public interface Coordination extends AutoCloseable {

    /**
     * Reserves of several limits at once: all of it or nothing.
     *
     * @param uses what an attempt will use; one for each limit it counts towards, at least one
     * @return ends with {@link Grant.Granted}, or with how long to wait
     */
    CompletionStage<Grant> reserve(List<LimitUse> uses);

    /**
     * Ends a reservation: what was reserved is used. What is never ended, since its process died, counts as used from the
     * longest time that a call may take on, and so comes back by time.
     *
     * @param grant an id that {@link #reserve} gave, not ended before; unknown ones do nothing
     * @param tokens what the service counted in the place of the reserved tokens, if it said so
     * @param sinceArrival how long ago the service counted it, at the latest; negative if it may still be on its way
     */
    void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival);

    /**
     * Ends a reservation: nothing was sent, all of it is free again.
     *
     * @param grant an id that {@link #reserve} gave, not ended before; unknown ones do nothing
     */
    void release(String grant);

    /**
     * Says who makes the call for a question: this process, or another one that is already making it. A claim is kept until it is
     * ended, or for a short while after its process has died; then exactly one of those that waited gets it.
     *
     * @param key the question's key
     * @return ends with {@link Claim.Ours} or {@link Claim.Others}
     */
    CompletionStage<Claim> claim(CacheKey key);

    /**
     * Says whether this process is the one to look whether a closed scope is open again.
     *
     * @param scope what is closed for a time nobody knows
     * @param lease after which another may look, if this one has told nothing until then
     * @return ends with true for one process only, until {@link #closed} or {@link #reopened} is told or the lease is over
     */
    CompletionStage<Boolean> claimProbe(Scope scope, Duration lease);

    /** Tells all other processes that a scope is closed, and those that start while it is. */
    void closed(ScopeClosing closing);

    /** Tells all other processes that a scope that was closed for a time nobody knows is open again. */
    void reopened(Scope scope);

    /**
     * Hears what other processes tell; also what they told before and still holds.
     *
     * @param listener called one notice at a time, on the executor of the services; called once, before anything else is
     */
    void listen(CoordinationListener listener);

    /** Returns how it stands, by what is known here; makes no call. */
    CoordinationStatus status();

    /** Leaves the others. Reservations and claims that weren't ended are given back by time. */
    @Override
    void close();
}
