package dev.whippletree.comparison.failover;

/**
 * A call that the model of first choice got. Immutable.
 *
 * @param atSeconds when, since the scenario began
 * @param answered whether it was answered as if nothing were wrong
 */
public record Attempt(double atSeconds, boolean answered) {}
