package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/** Who holds a ticket, as the line needs to know it. Guarded by the engine's lock. */
public interface Waiter {

    /** Returns how many calls were made for it. */
    int calls();

    /** Returns the tokens that it is counted with in the end, on average. */
    TokenCount meanTokens();

    /** Returns the most tokens that it reserves anywhere. */
    TokenCount mostTokens();

    /** Returns what tells waiters apart that may not use the same now. Immutable, with {@code equals}. */
    Object eligibilityKey();

    /** Returns whether it never comes back to the line. */
    boolean isOver();
}
