package dev.whippletree.terminal.board;

import dev.whippletree.plugin.FoundPlugin;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A plugin found, and whether a configuration uses it. Immutable.
 *
 * @param plugin what was found
 * @param state whether it is used, or why not
 */
public record PluginUse(FoundPlugin plugin, State state) {

    /** Rejects null. */
    public PluginUse {
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(state, "state");
    }

    /** Whether a plugin is used, or why not. */
    public enum State {
        /** The configuration names it, or a default does. */
        USED("used"),
        /** Nothing names it. */
        NOT_NAMED("not named"),
        /** It can be used; whether it is can't be told, since the configuration can't be read. */
        UNKNOWN("unknown"),
        /** It can't be loaded. */
        BROKEN("broken"),
        /** Another one of its kind has the same name. */
        DUPLICATE("duplicate");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** Returns the state as people read it. */
        public String word() {
            return word;
        }
    }

    /**
     * Says whether a configuration uses a plugin.
     *
     * @param named the names in the configuration, by kind
     */
    public static PluginUse of(FoundPlugin plugin, Map<String, Set<String>> named) {
        boolean used = named.getOrDefault(plugin.kind(), Set.of())
                .contains(plugin.name().orElse(""));
        return of(plugin, used ? State.USED : State.NOT_NAMED);
    }

    /** Returns what can be said without a configuration, because it can't be read. */
    public static PluginUse unknown(FoundPlugin plugin) {
        return of(plugin, State.UNKNOWN);
    }

    private static PluginUse of(FoundPlugin plugin, State ifUsable) {
        return switch (plugin.state()) {
            case USABLE -> new PluginUse(plugin, ifUsable);
            case BROKEN -> new PluginUse(plugin, State.BROKEN);
            case DUPLICATE -> new PluginUse(plugin, State.DUPLICATE);
        };
    }
}
