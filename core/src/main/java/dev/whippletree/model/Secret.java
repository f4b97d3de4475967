package dev.whippletree.model;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A credential that can't be printed by accident. Thread-safe if its source is.
 *
 * <p>Each attempt reads the value from its source again, so that a replaced key is used without a restart.
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
     * Thrown by a source that can't check whether its value is still valid: callers may use the last value for a while.
     */
    public static final class UncertainException extends IllegalStateException {

        /** Creates an exception. */
        public UncertainException(String why) {
            super(why);
        }
    }

    /** Returns a secret of a fixed value. */
    public static Secret of(String value) {
        Objects.requireNonNull(value, "value");
        return new Secret(() -> value);
    }

    /** Returns a secret that reads its source each time. */
    public static Secret from(Supplier<String> source) {
        return new Secret(Objects.requireNonNull(source, "source"), false);
    }

    /**
     * Returns a secret from an environment variable of this process. If the variable isn't set, or is empty, reading
     * the secret fails and names it.
     *
     * @param name the variable's name, such as {@code HF_TOKEN}
     */
    public static Secret ofVariable(String name) {
        return new Secret(() -> {
            String value = System.getenv(name);
            if (value == null || value.isBlank()) {
                throw new IllegalStateException(
                        "the environment variable " + name + (value == null ? " isn't set" : " is empty"));
            }
            return value.trim();
        });
    }

    /** Returns whether its value is fixed; reading a fixed value never blocks. */
    public boolean isFixed() {
        return fixed;
    }

    /** Returns the value. Pass it only to the service it is for. */
    public String reveal() {
        return source.get();
    }

    /** Returns asterisks. */
    @Override
    public String toString() {
        return "***";
    }
}
