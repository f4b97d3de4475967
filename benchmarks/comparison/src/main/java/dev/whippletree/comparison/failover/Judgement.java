package dev.whippletree.comparison.failover;

/**
 * The verdict about a scenario, and why it isn't better. Immutable.
 *
 * @param reason empty if the scenario is passed
 */
public record Judgement(Verdict verdict, String reason) {}
