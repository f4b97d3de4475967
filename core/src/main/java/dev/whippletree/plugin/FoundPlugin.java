package dev.whippletree.plugin;

import java.util.Objects;
import java.util.Optional;

/**
 * A plugin that was found, usable or not. Immutable.
 *
 * @param kind {@code provider}, {@code cache}, {@code strategy} or {@code coordinator}; {@code plugin} if unknown
 * @param name its name in a configuration; absent: unknown
 * @param origin the sort of place it comes from
 * @param place the jar or folder it comes from; absent: none, or unknown
 * @param state whether it can be used
 * @param reason why it can't be used; absent: it can
 */
public record FoundPlugin(
        String kind,
        Optional<String> name,
        PluginOrigin origin,
        Optional<String> place,
        State state,
        Optional<String> reason) {

    /** Rejects null. */
    public FoundPlugin {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
    }

    /** The kind of place that a plugin comes from. */
    public enum PluginOrigin {
        /** The library itself. */
        BUILT_IN,
        /** Passed by the program that uses the library. */
        PROGRAM,
        /** A jar on the program's class path. */
        CLASS_PATH,
        /** A folder of plugins. */
        PLUGIN_FOLDER
    }

    /** Whether a plugin can be used. */
    public enum State {
        /** It can be named in a configuration. */
        USABLE,
        /** It can't be loaded. */
        BROKEN,
        /** Another plugin of its kind has the same name. */
        DUPLICATE
    }
}
