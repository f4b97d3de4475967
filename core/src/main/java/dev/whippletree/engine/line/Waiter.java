package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/** The holder of a ticket, as the line sees it. Guarded by the engine's lock. */
public interface Waiter {

    /** Returns how many calls were made for it. */
    int calls();

    /** Returns whether a call was ever begun for it, also one that was never sent. */
    boolean hasBegun();

    /** Returns the tokens that are finally counted for it, on average. */
    TokenCount meanTokens();

    /** Returns the most tokens that it reserves anywhere. */
    TokenCount mostTokens();

    /** Returns a key that waiters share if they may use the same targets now. Immutable, with {@code equals}. */
    Object eligibilityKey();

    /** Returns whether it never comes back to the line. */
    boolean isOver();
}
