package dev.whippletree.spi;

import java.util.Objects;

/**
 * A setting that a plugin accepts. Any other setting is an error, with a suggestion. Immutable.
 *
 * @param name lower case, words joined by hyphens
 * @param description what it does, with unit, range and default, in one sentence
 */
public record SettingKey(String name, String description) {

    /** Checks that the name has the form it should. */
    public SettingKey {
        Objects.requireNonNull(description, "description");
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("a setting's name must be lower case with hyphens, not '" + name + "'");
        }
    }
}
