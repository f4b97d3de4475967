package dev.whippletree.engine.scope;

/**
 * Learns from calls that a scope's service lets in and refuses what it didn't say of its limits. What is learned of single limits shows
 * in those ({@link Meter}), what is learned of all in the answers here. Guarded by the engine's lock.
 */
interface ScopeLearner {

    /**
     * A call begins.
     *
     * @param first whether no other one is under way
     */
    void begun(boolean first, long now);

    /** No call is under way any more. */
    void rest(long now);

    /** The service let in a call. */
    void letIn(ScopeUse use, ScopeLimits limits, long now);

    /** A limit refused a call. Returns what follows. */
    Refusal refused(RefusedCall call, ScopeLimits limits);

    /** Returns whether the declared and reported limits aren't all that there is to keep. */
    boolean doubtsLimits();

    /** Returns whether the service has let in nothing since a limit refused a call. */
    boolean refusesAll();

    /** Returns whether the service refused the calls that were to find out if it lets in again. */
    boolean refusesStill();
}
