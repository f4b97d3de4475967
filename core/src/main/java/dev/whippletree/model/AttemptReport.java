package dev.whippletree.model;

import java.time.Duration;
import java.util.Objects;

/**
 * One failed attempt, as an error lists it. Immutable.
 *
 * @param account the account's id
 * @param model the model asked for
 * @param failure why there was no answer
 * @param took from sending to failing
 */
public record AttemptReport(String account, String model, Failure failure, Duration took) {

    /** Rejects null. */
    public AttemptReport {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(took, "took");
    }

    @Override
    public String toString() {
        return "account " + account + ", " + model + ": " + failure;
    }
}
