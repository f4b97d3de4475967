package dev.whippletree.plugin;

import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.StateFolder;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The listeners, client wrappers and state folder that a program adds to an engine. Immutable.
 *
 * @param state keeps the limits' state over restarts; absent: it isn't kept
 */
public record Hooks(
        List<EngineListener> listeners,
        BiFunction<AccountSettings, ProviderClient, ProviderClient> clients,
        Optional<StateFolder> state) {

    public static final Hooks NONE = new Hooks(List.of(), (account, client) -> client, Optional.empty());

    public Hooks {
        listeners = List.copyOf(listeners);
    }
}
