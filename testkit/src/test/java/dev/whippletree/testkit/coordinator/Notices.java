package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.Services;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells a listener one thing at a time, on the executor of the services. Thread-safe; guarded by itself. */
final class Notices {

    private final Services services;
    private final Queue<Consumer<CoordinationListener>> queue = new ArrayDeque<>();
    private @Nullable CoordinationListener listener;
    private boolean telling;
    private boolean closed;

    Notices(Services services) {
        this.services = services;
    }

    synchronized void listen(CoordinationListener listener) {
        this.listener = listener;
    }

    /** Tells something, unless nobody listens. */
    synchronized void add(Consumer<CoordinationListener> notice) {
        if (listener == null || closed) {
            return;
        }
        queue.add(notice);
        if (!telling) {
            telling = true;
            services.executor().execute(this::tellAll);
        }
    }

    private void tellAll() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException e) {
                services.logger("testkit.coordinator")
                        .warn("A listener failed; it is told the next notice all the same", e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        CoordinationListener told = listener;
        Consumer<CoordinationListener> notice = queue.poll();
        if (told == null || notice == null) {
            telling = false;
            return null;
        }
        return () -> notice.accept(told);
    }

    /** Drops what wasn't told. */
    synchronized void close() {
        closed = true;
        queue.clear();
    }
}
