package dev.whippletree.planner;

/** The input of one simulation: how many interviews ask which accounts. Immutable. */
record Variant(int interviews, AccountPool pool) {}
