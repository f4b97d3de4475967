package dev.whippletree.settings;

import java.time.Duration;

/**
 * The settings for retries of failed attempts. Immutable.
 *
 * @param attemptsPerTarget the most attempts of one flight on one target, 1 or more; an outage counts as one, however
 *     often the flight fails in it
 * @param backoff the upper bound of the first pause before the same target is tried again
 * @param maxBackoff the upper bound of any pause
 * @param budgetShare retries allowed for each flight, as a share: 0.2 is one for five flights
 * @param budgetPerSecond retries allowed each second in addition
 */
public record Retries(
        int attemptsPerTarget, Duration backoff, Duration maxBackoff, double budgetShare, double budgetPerSecond) {

    /** Two attempts a target, half a second doubling to 15, and a budget of 20 % and 10 a second (as Finagle's). */
    public static final Retries DEFAULT = new Retries(2, Duration.ofMillis(500), Duration.ofSeconds(15), 0.2, 10);

    /** Checks the ranges. */
    public Retries {
        if (attemptsPerTarget < 1) {
            throw new IllegalArgumentException("attempts must be 1 or more, not " + attemptsPerTarget);
        }
        if (backoff.isNegative() || maxBackoff.compareTo(backoff) < 0) {
            throw new IllegalArgumentException("backoff can't be negative or above its maximum");
        }
        if (!(budgetShare >= 0 && budgetShare <= 1)) {
            throw new IllegalArgumentException("a retry budget's share must be 0 to 1, not " + budgetShare);
        }
        if (!(budgetPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "a retry budget must allow more than 0 a second, not " + budgetPerSecond);
        }
    }

    /** Returns the same with another number of attempts that a flight makes on a target. */
    public Retries withAttemptsPerTarget(int attemptsPerTarget) {
        return new Retries(attemptsPerTarget, backoff, maxBackoff, budgetShare, budgetPerSecond);
    }

    /** Returns the same with other bounds of the first pause and of any pause. */
    public Retries withBackoff(Duration backoff, Duration maxBackoff) {
        return new Retries(attemptsPerTarget, backoff, maxBackoff, budgetShare, budgetPerSecond);
    }

    /** Returns the same settings with another budget: a share of the flights, plus retries each second. */
    public Retries withBudget(double budgetShare, double budgetPerSecond) {
        return new Retries(attemptsPerTarget, backoff, maxBackoff, budgetShare, budgetPerSecond);
    }
}
