package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/** What the waiters of one lane may use. Guarded by the engine's lock. */
public interface Eligibility {

    /** Returns whether these waiters and others may use something alike. */
    boolean meets(Eligibility other);

    /** Returns whether, for waiters of so many tokens, limits of tokens let fewer calls begin than limits of requests do, wherever they may go. */
    boolean tokensBind(TokenCount usual);
}
