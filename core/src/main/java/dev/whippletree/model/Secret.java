package dev.whippletree.model;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A credential that can't be printed by accident. Thread-safe if its source is.
 *
 * <p>Its value is read anew from its source for each attempt, so that a replaced key is used without a restart.
 */
public final class Secret {

    private final Supplier<String> source;

    private Secret(Supplier<String> source) {
        this.source = source;
    }

    /** Returns a secret of a fixed value. */
    public static Secret of(String value) {
        Objects.requireNonNull(value, "value");
        return new Secret(() -> value);
    }

    /** Returns a secret that asks its source each time it is read. */
    public static Secret from(Supplier<String> source) {
        return new Secret(Objects.requireNonNull(source, "source"));
    }

    /** Returns the value itself. Hand it to the service it belongs to, and to nothing else. */
    public String reveal() {
        return source.get();
    }

    /** Returns stars. */
    @Override
    public String toString() {
        return "***";
    }
}
