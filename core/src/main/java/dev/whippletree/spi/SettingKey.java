package dev.whippletree.spi;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * A setting that a plugin accepts. Any other setting is an error, with a suggestion. Immutable.
 *
 * @param name lower case, words joined by hyphens
 * @param description what it does, with unit, range and default, in one sentence
 * @param check throws an {@link IllegalArgumentException} if the value can't be used, or is missing, as opening would;
 *     {@code whippletree check} reports it with file and line
 */
public record SettingKey(String name, String description, Consumer<Settings> check) {

    /** Creates a setting that is only checked when its plugin is opened. */
    public SettingKey(String name, String description) {
        this(name, description, settings -> {});
    }

    /** Checks that the name has the form it should. */
    public SettingKey {
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(check, "check");
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("a setting's name must be lower case with hyphens, not '" + name + "'");
        }
    }
}
