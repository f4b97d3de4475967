package dev.whippletree.model;

import java.util.Objects;
import java.util.Optional;

/**
 * The scope of a limit or a closure: an organization, or one model of it. Immutable.
 *
 * @param organization the organization, unique among all providers: {@code groq/acme}
 * @param model the model; absent: all
 */
public record Scope(String organization, Optional<String> model) {

    /** Rejects null. */
    public Scope {
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(model, "model");
    }

    /** Returns the scope of a whole organization. */
    public static Scope of(String organization) {
        return new Scope(organization, Optional.empty());
    }

    /** Returns the scope of one model of an organization. */
    public static Scope of(String organization, String model) {
        return new Scope(organization, Optional.of(model));
    }

    @Override
    public String toString() {
        return organization + model.map(name -> ", model " + name).orElse("");
    }
}
