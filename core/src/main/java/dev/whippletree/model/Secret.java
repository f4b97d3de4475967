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
    private final boolean fixed;

    private Secret(Supplier<String> source) {
        this(source, true);
    }

    private Secret(Supplier<String> source, boolean fixed) {
        this.source = source;
        this.fixed = fixed;
    }

    /**
     * Thrown by a source that can't tell whether its value still holds: whoever read it before may go on with that for
     * a while.
     */
    public static final class UncertainException extends IllegalStateException {

        /** Creates one. */
        public UncertainException(String why) {
            super(why);
        }
    }

    /** Returns a secret of a fixed value. */
    public static Secret of(String value) {
        Objects.requireNonNull(value, "value");
        return new Secret(() -> value);
    }

    /** Returns a secret that asks its source each time it is read. */
    public static Secret from(Supplier<String> source) {
        return new Secret(Objects.requireNonNull(source, "source"), false);
    }

    /**
     * Returns a secret that an environment variable of this process holds. Whether the variable is set is seen where
     * the secret is read: that fails then, naming it.
     *
     * @param name the variable's name, such as {@code HF_TOKEN}
     */
    public static Secret ofVariable(String name) {
        return new Secret(() -> {
            String value = System.getenv(name);
            if (value == null || value.isBlank()) {
                throw new IllegalStateException("the environment variable " + name + " isn't set");
            }
            return value.trim();
        });
    }

    /** Returns whether it is the same each time it is read, which never blocks. */
    public boolean isFixed() {
        return fixed;
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
