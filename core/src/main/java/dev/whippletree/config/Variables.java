package dev.whippletree.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What the references in a configuration stand for. Immutable.
 *
 * @param reference recognises a reference; its first group is the name
 * @param noun what a message calls what a reference names
 * @param value returns a value by its name; empty if it isn't set
 */
record Variables(Pattern reference, String noun, Function<String, Optional<String>> value) {

    private static final Pattern NAME = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    /** Whatever a program's own placeholders may contain, also one other placeholder as a default; not {@code ${file:…}}. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{((?!file:)(?:[^{}]|\\$\\{[^{}]*})+)}");

    /** Returns the variables of an environment. */
    static Variables of(Map<String, String> environment) {
        return new Variables(NAME, "environment variable", name -> Optional.ofNullable(environment.get(name)));
    }

    /** Returns the properties of a program, by its own placeholders. */
    static Variables ofProgram(Function<String, Optional<String>> property) {
        return new Variables(PLACEHOLDER, "property or environment variable", property);
    }

    /** Returns what is wrong with a reference to something that isn't set. */
    String unset(String name) {
        return "the " + noun + " " + name + " isn't set";
    }
}
