package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Remembers what it heard, and whether two notices came at the same time. Thread-safe. */
final class RecordingListener implements CoordinationListener {

    /** So that another thread, if there is one, gets in as well. */
    private static final long INSIDE_NANOS = 100_000;

    private final List<ScopeClosing> closings = new CopyOnWriteArrayList<>();
    private final List<Scope> reopenings = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean overlapped;

    @Override
    public void closed(ScopeClosing closing) {
        record(() -> closings.add(closing));
    }

    @Override
    public void reopened(Scope scope) {
        record(() -> reopenings.add(scope));
    }

    private void record(Runnable notice) {
        if (inside.incrementAndGet() > 1) {
            overlapped = true;
        }
        LockSupport.parkNanos(INSIDE_NANOS);
        notice.run();
        inside.decrementAndGet();
    }

    boolean overlapped() {
        return overlapped;
    }

    /** Returns what it was told of a scope's closing, oldest first. */
    List<ScopeClosing> closingsOf(Scope scope) {
        return closings.stream()
                .filter(closing -> closing.scope().equals(scope))
                .toList();
    }

    boolean heardClosed(Scope scope) {
        return !closingsOf(scope).isEmpty();
    }

    boolean heardReopened(Scope scope) {
        return reopenings.contains(scope);
    }
}
