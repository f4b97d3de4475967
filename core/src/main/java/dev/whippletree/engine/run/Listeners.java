package dev.whippletree.engine.run;

import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the engine's events to all listeners. Never throws. Thread-safe; call it without the lock. */
public final class Listeners {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

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
                : listeners.stream().map(listener -> listener.opened(prompt)).reduce(Consumer::andThen);
    }

    /** Passes everything on to a listener, and logs what it throws. */
    static final class GuardedListener implements EngineListener {

        private final EngineListener listener;

        GuardedListener(EngineListener listener) {
            this.listener = listener;
        }

        @Override
        public void started(Supplier<StatusSnapshot> status) {
            guard(() -> listener.started(status));
        }

        @Override
        public void ended() {
            guard(listener::ended);
        }

        @Override
        public Consumer<ServiceCall> opened(Prompt prompt) {
            try {
                Consumer<ServiceCall> calls =
                        Objects.requireNonNull(listener.opened(prompt), "the listener returned null");
                return call -> guard(() -> calls.accept(call));
            } catch (Throwable e) {
                log(e);
                return this::called;
            }
        }

        @Override
        public void called(ServiceCall call) {
            guard(() -> listener.called(call));
        }

        @Override
        public void answered(Origin origin, Duration took) {
            guard(() -> listener.answered(origin, took));
        }

        @Override
        public void failed(PromptException.Reason reason, Duration took) {
            guard(() -> listener.failed(reason, took));
        }

        @Override
        public void cancelled(Duration took) {
            guard(() -> listener.cancelled(took));
        }

        @Override
        public void closed(String account, String reason) {
            guard(() -> listener.closed(account, reason));
        }

        @Override
        public void reopened(String account) {
            guard(() -> listener.reopened(account));
        }

        private static void guard(Runnable call) {
            try {
                call.run();
            } catch (Throwable e) {
                log(e);
            }
        }

        private static void log(Throwable failure) {
            LOG.warn("A listener failed", failure);
        }
    }
}
