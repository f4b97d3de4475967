package dev.whippletree.spi;

/**
 * A target as a {@link Picker} sees it. Valid for one moment: don't keep it.
 *
 * @param id unique and stable: the account's id and the model
 * @param weight its configured share, 1 or more
 * @param inFlight attempts under way on it, 0 or more
 * @param maxConcurrency the most there may be now, above {@code inFlight}
 * @param headroom the smallest share left of any of its limits, 0 to 1; 1 if none is known
 */
public record TargetView(String id, int weight, int inFlight, int maxConcurrency, double headroom) {}
