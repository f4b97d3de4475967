package dev.whippletree.plugin;

import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ProviderClient;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a program hangs into an engine from outside. Immutable.
 *
 * @param listeners who is told what happens
 * @param clients wraps each account's client once it is open
 */
public record Hooks(List<EngineListener> listeners, UnaryOperator<ProviderClient> clients) {

    /** No listener, and clients as they are. */
    public static final Hooks NONE = new Hooks(List.of(), UnaryOperator.identity());

    /** Copies the list. */
    public Hooks {
        listeners = List.copyOf(listeners);
    }
}
