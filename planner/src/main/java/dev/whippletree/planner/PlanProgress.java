package dev.whippletree.planner;

/**
 * How far a plan is. Immutable.
 *
 * @param done parts that are ready: a size as it is, a line of advice, a search
 * @param parts how many there will be
 * @param latest what became ready last, in words
 */
public record PlanProgress(int done, int parts, String latest) {}
