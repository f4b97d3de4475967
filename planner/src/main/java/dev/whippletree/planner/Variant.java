package dev.whippletree.planner;

/**
 * What one simulation runs. Immutable.
 *
 * @param interviews how many interviews there are
 * @param pool the accounts they ask
 */
record Variant(int interviews, AccountPool pool) {}
