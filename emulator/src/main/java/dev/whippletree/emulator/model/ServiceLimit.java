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

    public ServiceLimit {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(counting, "counting");
        Objects.requireNonNull(model, "model");
    }

    public ServiceLimit(Limit limit, Counting counting, boolean perModel) {
        this(limit, counting, perModel, Optional.empty());
    }

    public static ServiceLimit sliding(Limit limit) {
        return new ServiceLimit(limit, Counting.SLIDING, false);
    }

    public static ServiceLimit fixed(Limit limit) {
        return new ServiceLimit(limit, Counting.FIXED, false);
    }

    public static ServiceLimit bucket(Limit limit) {
        return new ServiceLimit(limit, Counting.BUCKET, true);
    }
}
