package dev.whippletree.plugin;

import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.StateFolder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The listeners, client wrappers and state folder that a program adds to an engine. Immutable.
 *
 * @param listeners who is told what happens
 * @param clients wraps each account's client once it is open
 * @param state where the limits' state is kept between processes; absent: nowhere
 */
public record Hooks(
        List<EngineListener> listeners, UnaryOperator<ProviderClient> clients, Optional<StateFolder> state) {

    /** No listener, clients as they are, and nothing kept. */
    public static final Hooks NONE = new Hooks(List.of(), UnaryOperator.identity(), Optional.empty());

    /** Copies the list. */
    public Hooks {
        listeners = List.copyOf(listeners);
        Objects.requireNonNull(clients, "clients");
        Objects.requireNonNull(state, "state");
    }
}
