package dev.whippletree.engine.run;

import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Passes the engine's events to all listeners. Never throws. Thread-safe; call it without the lock. */
public final class Listeners {

    private final List<EngineListener> listeners;
    private final AtomicBoolean over = new AtomicBoolean();

    public Listeners(List<EngineListener> listeners) {
        this.listeners =
                listeners.stream().<EngineListener>map(GuardedListener::new).toList();
    }

    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    public void tell(Consumer<EngineListener> event) {
        listeners.forEach(event);
    }

    public void started(Supplier<StatusSnapshot> status) {
        tell(listener -> listener.started(status));
    }

    /** The engine has ended. Told the first time only. */
    public void ended() {
        if (over.compareAndSet(false, true)) {
            tell(EngineListener::ended);
        }
    }

    /** The calling thread has opened a flight for a prompt. Returns what is to hear of its calls; empty if nobody wants to. */
    public Optional<Consumer<ServiceCall>> opened(Prompt prompt) {
        // Without listeners this is on the way of every cache hit.
        return isEmpty()
                ? Optional.empty()
                : listeners.stream().map(listener -> listener.opened(prompt)).reduce(Consumer::andThen);
    }
}
