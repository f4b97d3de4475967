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
            services.executor().execute(this::tellNext);
        }
    }

    private void tellNext() {
        CoordinationListener told;
        Consumer<CoordinationListener> notice;
        synchronized (this) {
            told = listener;
            notice = closed ? null : queue.poll();
            if (told == null || notice == null) {
                telling = false;
                return;
            }
        }
        try {
            notice.accept(told);
        } catch (RuntimeException e) {
            services.logger("testkit.coordinator").warn("A listener failed; the others' notices go on", e);
        }
        services.executor().execute(this::tellNext);
    }

    /** Drops what wasn't told. */
    synchronized void close() {
        closed = true;
        queue.clear();
    }
}
