package dev.whippletree.engine.run;

import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.Timeline;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the engine's events to all listeners, and logs what they throw. Thread-safe; call it without the lock. */
public final class Listeners {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<EngineListener> listeners;
    private final PluginFaults faults;
    private final AtomicBoolean over = new AtomicBoolean();

    public Listeners(List<EngineListener> listeners, Timeline timeline) {
        this.listeners = new CopyOnWriteArrayList<>(listeners);
        this.faults = new PluginFaults(timeline);
    }

    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    public void tell(Consumer<EngineListener> event) {
        listeners.forEach(listener -> guard(listener, () -> event.accept(listener)));
    }

    /** Tells that the engine is ready. A listener that throws here hears of nothing else. */
    public void started(Supplier<StatusSnapshot> status) {
        for (EngineListener listener : listeners) {
            try {
                listener.started(status);
            } catch (Throwable e) {
                log(listener, e);
                listeners.remove(listener);
            }
        }
    }

    /** Tells that the engine has ended, the first time only. */
    public void ended() {
        if (over.compareAndSet(false, true)) {
            tell(EngineListener::ended);
        }
    }

    /** Tells that the calling thread has opened a flight. Returns what will hear of its calls; empty if nobody will. */
    public Optional<Consumer<ServiceCall>> opened(Prompt prompt) {
        // Every cache hit passes here.
        return isEmpty()
                ? Optional.empty()
                : listeners.stream().map(listener -> opened(listener, prompt)).reduce(Consumer::andThen);
    }

    private Consumer<ServiceCall> opened(EngineListener listener, Prompt prompt) {
        Consumer<ServiceCall> calls;
        try {
            calls = Objects.requireNonNull(listener.opened(prompt), "the listener returned null");
        } catch (Throwable e) {
            log(listener, e);
            calls = listener::called;
        }
        Consumer<ServiceCall> hearer = calls;
        return call -> guard(listener, () -> hearer.accept(call));
    }

    private void guard(EngineListener listener, Runnable event) {
        try {
            event.run();
        } catch (Throwable e) {
            log(listener, e);
        }
    }

    private void log(EngineListener listener, Throwable failure) {
        String name = listener.getClass().getName();
        faults.log(LOG, name, failure, "Listener " + name + " failed");
    }
}
