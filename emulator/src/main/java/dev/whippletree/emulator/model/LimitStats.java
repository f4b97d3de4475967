package dev.whippletree.emulator.model;

/**
 * The use of one limit. Immutable.
 *
 * @param organization the organization
 * @param model the model; empty: all models
 * @param limit the limit in its text form: {@code 1000 requests / 1h}
 * @param counting how the service counts it
 * @param amount the amount per window
 * @param fullest the largest use in any window of its length, wherever it starts; for a bucket this may legitimately
 *     exceed the amount, because a full bucket refills while it is emptied
 * @param refused requests it refused
 */
public record LimitStats(
        String organization, String model, String limit, Counting counting, long amount, long fullest, long refused) {}
