package dev.whippletree.emulator.model;

import java.util.Objects;

/**
 * What was used of one limit. Immutable.
 *
 * @param organization whose limit
 * @param model of which model; empty: of all
 * @param limit the limit as it is written: {@code 1000 requests / 1h}
 * @param counting how the service counts it
 * @param amount how much a window allows
 * @param fullest the most that any window of its length has held, wherever it starts; for a bucket this may exceed the amount
 *     without any fault, since a full bucket refills while it is emptied
 * @param refused requests it refused
 */
public record LimitStats(
        String organization, String model, String limit, Counting counting, long amount, long fullest, long refused) {

    /** Checks that nothing is null. */
    public LimitStats {
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(counting, "counting");
    }
}
