package dev.whippletree.state;

import java.util.Objects;
import java.util.Optional;

/**
 * The organization or account that a saved closure applies to. Immutable.
 *
 * @param kind an organization, or an account of it alone
 * @param name the organization's name in scopes, or the account's id
 * @param model the model; absent: all
 */
public record ClosedPlace(Extent kind, String name, Optional<String> model) {

    /** What a closure applies to. */
    public enum Extent {
        /** Every account of the organization. */
        ORGANIZATION,
        /** One account. */
        ACCOUNT
    }

    public ClosedPlace {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(model, "model");
    }
}
