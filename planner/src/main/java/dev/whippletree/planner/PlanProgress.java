package dev.whippletree.planner;

/** The progress of a plan: of how many parts how many are done, and the latest in words. Immutable. */
public record PlanProgress(int done, int parts, String latest) {}
