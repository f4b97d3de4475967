package dev.whippletree.planner;

/**
 * The progress of a plan. Immutable.
 *
 * @param done finished parts: a size as it is, a line of advice, a search
 * @param parts the total number of parts
 * @param latest the part finished last, in words
 */
public record PlanProgress(int done, int parts, String latest) {}
