package dev.whippletree.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A service's report on one of its limits, from the headers of an answer or a refusal. Immutable.
 *
 * @param reach what the limit applies to
 * @param unit what it counts
 * @param amount how much a window allows, 1 or more, if it was said
 * @param remaining how much was left when the service said it, 0 or more, if it was said
 * @param window the limit's window, if it is known
 * @param refill how what was used comes back
 * @param reset how long, from when the service said it, until {@code remaining} is {@code amount} again; for a
 *     {@link Refill#CONTINUOUS} limit this is the time until the bucket is full, which is not a wait
 */
public record RateLimitReport(
        Reach reach,
        Limit.Unit unit,
        OptionalLong amount,
        OptionalLong remaining,
        Optional<Duration> window,
        Refill refill,
        Optional<Duration> reset) {

    /** How what was used of a limit comes back. */
    public enum Refill {
        /** Bit by bit, amount per window: a token bucket. */
        CONTINUOUS,
        /** All of it at one moment: a fixed window. */
        AT_ONCE,
        /** Each use a window after it was counted: a sliding window. */
        ONE_BY_ONE,
        /** The service doesn't say. It is found out by how the resets follow what is used. */
        UNSAID
    }

    /** Checks the ranges. */
    public RateLimitReport {
        Objects.requireNonNull(reach, "reach");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(refill, "refill");
        Objects.requireNonNull(reset, "reset");
        amount.ifPresent(value -> check(value >= 1, "amount", value));
        remaining.ifPresent(value -> check(value >= 0, "remaining", value));
    }

    private static void check(boolean right, String what, long value) {
        if (!right) {
            throw new IllegalArgumentException("a report's " + what + " can't be " + value);
        }
    }
}
