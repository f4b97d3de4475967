package dev.whippletree.planner;

/**
 * The input of one simulation. Immutable.
 *
 * @param interviews how many interviews there are
 * @param pool the accounts they ask
 */
record Variant(int interviews, AccountPool pool) {}
