package dev.whippletree.spi;

import dev.whippletree.model.Priority;
import java.util.Objects;

/**
 * The turn that an attempt takes: a tenant's, among the interactive or the batch prompts. Immutable.
 *
 * @param tenant whose turn; any text
 * @param priority of its prompt
 * @param weight the tenant's part of what there is, relative to other turns' weights; above 0. Those of batch prompts
 *     are so much smaller as they are to have less
 */
public record TenantTurn(String tenant, Priority priority, double weight) {

    /** Checks the weight. */
    public TenantTurn {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(priority, "priority");
        if (!(weight > 0)) {
            throw new IllegalArgumentException("a turn's weight must be above 0, not " + weight);
        }
    }
}
