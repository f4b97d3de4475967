package dev.whippletree.engine.line;

import dev.whippletree.model.TokenCount;

/** What the waiters of one lane may use. Guarded by the engine's lock. */
public interface Eligibility {

    /** Returns whether these waiters and others have a target in common. */
    boolean meets(Eligibility other);

    /**
     * Returns whether limits of tokens bind before limits of requests for waiters of so many tokens, wherever they may
     * go.
     */
    boolean tokensBind(TokenCount usual);
}
