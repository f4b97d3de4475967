package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;
import java.util.Objects;
import java.util.Optional;

/**
 * A limit that a service enforces. Immutable.
 *
 * @param limit the amount per window
 * @param counting how it is counted
 * @param perModel whether each model has its own, or all models of an organization share one
 * @param model the only model that it bounds; absent: it bounds all
 */
public record ServiceLimit(Limit limit, Counting counting, boolean perModel, Optional<String> model) {

    /** Checks that nothing is null. */
    public ServiceLimit {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(counting, "counting");
        Objects.requireNonNull(model, "model");
    }

    /** Creates a limit that bounds all models. */
    public ServiceLimit(Limit limit, Counting counting, boolean perModel) {
        this(limit, counting, perModel, Optional.empty());
    }

    /** Returns a limit on sliding windows, for all models together. */
    public static ServiceLimit sliding(Limit limit) {
        return new ServiceLimit(limit, Counting.SLIDING, false);
    }

    /** Returns a limit on fixed windows, for all models together. */
    public static ServiceLimit fixed(Limit limit) {
        return new ServiceLimit(limit, Counting.FIXED, false);
    }

    /** Returns a bucket for each model. */
    public static ServiceLimit bucket(Limit limit) {
        return new ServiceLimit(limit, Counting.BUCKET, true);
    }
}
