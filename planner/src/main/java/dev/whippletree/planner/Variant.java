package dev.whippletree.planner;

/**
 * What one simulation runs. Immutable.
 *
 * @param interviews how many interviews there are
 * @param pool the accounts they ask
 * @param processes over how many processes they are spread, each with its part of the limits and a cache of its own; 1: there is only one
 */
record Variant(int interviews, AccountPool pool, int processes) {

    /** Returns the variant of a single process. */
    static Variant of(int interviews, AccountPool pool) {
        return new Variant(interviews, pool, 1);
    }
}
