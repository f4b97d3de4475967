package dev.whippletree.emulator.plan;

/**
 * What one simulation runs. Immutable.
 *
 * @param interviews how many interviews there are
 * @param pool the accounts they ask
 * @param processes over how many processes they are spread, each with its part of the limits; 1: there is only one
 * @param sharedCache whether the processes share a cache, or each has its own
 */
record Variant(int interviews, AccountPool pool, int processes, boolean sharedCache) {

    /** Returns the variant of a single process. */
    static Variant of(int interviews, AccountPool pool) {
        return new Variant(interviews, pool, 1, true);
    }
}
