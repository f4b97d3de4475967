package dev.whippletree.spi;

import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * The state that several processes over the same accounts share: limits, closures, and calls under way. Thread-safe. No
 * method blocks.
 *
 * <p>Each process counts its own use first; this is the second gate. Every stage ends, and soon, whatever fails on the
 * way to the other processes: a coordination that is cut off answers for this process alone, as carefully as it can,
 * and reconnects by itself. A stage ends exceptionally only if there is no such answer; the engine then continues as if
 * there were no other process, and counts a fault. A claim without an answer within a second counts as failed, and is
 * ended if it comes later. A reservation without an answer within five seconds is repeated, and a late grant is
 * released; a coordination that has answered none for ten seconds counts as broken.
 */
public interface Coordination extends AutoCloseable {

    /**
     * Reserves of several limits at once: all of it or nothing. While more is asked for than a limit has, a
     * coordination may give tenants parts of it by the weights of their turns, in however many processes they ask.
     *
     * @param uses what an attempt will use; one for each limit it counts towards, at least one
     * @param turn the turn that it takes
     * @return ends with {@link Grant.Granted}, or with how long to wait
     */
    CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn);

    /**
     * Ends a reservation that was used. A reservation that is never settled, because its process died, counts as used
     * once the longest time of a call has passed, and so expires.
     *
     * @param grant an id from {@link #reserve}, not ended before; unknown ids have no effect
     * @param tokens the tokens that the service counted instead of the reserved ones, if it said so
     * @param sinceArrival the longest time since the service counted the attempt; negative if it may still be on its
     *     way
     */
    void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival);

    /**
     * Ends a reservation that wasn't used: nothing was sent, and all of it is free again.
     *
     * @param grant an id from {@link #reserve}, not ended before; unknown ids have no effect
     */
    void release(String grant);

    /**
     * Enters what this process used of a limit before a reload added it, and so without reserving.
     *
     * @param limit a use of the limit, whatever its amount
     * @param uses amounts of 1 or more, by the longest time since the service counted them; negative if they may still
     *     be on their way
     */
    default void enter(LimitUse limit, Map<Duration, Long> uses) {}

    /**
     * Returns how much of a limit all processes together have left, as far as this process knows, or what it may use
     * itself while it is cut off; makes no call.
     *
     * @param use a use of the limit, whatever its amount
     * @return 0 or more; empty if it isn't known
     */
    default OptionalLong left(LimitUse use) {
        return OptionalLong.empty();
    }

    /**
     * Decides which process makes the call for a question: this one, or another one that is already making it. A claim
     * lasts until it is ended, or for a short while after its process has died; then exactly one of the waiting
     * processes gets it.
     *
     * @param key the question's key
     * @return completes with {@link Claim.Ours} or {@link Claim.Others}
     */
    CompletionStage<Claim> claim(CacheKey key);

    /**
     * Decides whether this process probes a closed scope.
     *
     * @param scope a scope that is closed for an unknown time
     * @param lease the time after which another process may probe, if this one has reported nothing
     * @return completes with true for one process only, as often as that asks, until {@link #closed} or
     *     {@link #reopened} is reported or the lease is over
     */
    CompletionStage<Boolean> claimProbe(Scope scope, Duration lease);

    /** Reports to all other processes, also those that start later, that a scope is closed. */
    void closed(ScopeClosing closing);

    /** Reports to all other processes that a scope that was closed for an unknown time is open again. */
    void reopened(Scope scope);

    /**
     * Registers for notices from other processes, including earlier ones that still apply.
     *
     * @param listener called one notice at a time, on the executor of the services; called once, before anything else
     *     is
     */
    void listen(CoordinationListener listener);

    /** Returns the status that this process knows; makes no call. */
    CoordinationStatus status();

    /** Disconnects from the other processes. Reservations and claims that weren't ended expire. */
    @Override
    void close();
}
