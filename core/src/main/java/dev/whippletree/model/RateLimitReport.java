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
 * @param amount how much a window allows, 1 or more, if reported
 * @param remaining how much was left at the time of the report, 0 or more, if reported
 * @param window the limit's window, if known
 * @param refill how the limit refills
 * @param reset how long, from the report, until {@code remaining} is {@code amount} again; for a
 *     {@link Refill#CONTINUOUS} limit this is the time until the bucket is full, which isn't a wait
 */
public record RateLimitReport(
        Reach reach,
        Limit.Unit unit,
        OptionalLong amount,
        OptionalLong remaining,
        Optional<Duration> window,
        Refill refill,
        Optional<Duration> reset) {

    /** How a limit refills. */
    public enum Refill {
        /** Continuously, amount per window: a token bucket. */
        CONTINUOUS,
        /** All of it at one moment: a fixed window. */
        AT_ONCE,
        /** Each use, one window after it was counted: a sliding window. */
        ONE_BY_ONE,
        /** Unstated. The engine infers it from how resets follow uses. */
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
