package dev.whippletree.test;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time whose events run, one after the other, on a thread of its own. Events that are due run at once; time
 * itself moves only by {@link #advance}, or to the next event while there is a reason to fly. Thread-safe.
 */
final class FakeTimeline implements Timeline, AutoCloseable {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final Executor executor = task -> schedule(0, task);
    private final SplittableRandom seeds = new SplittableRandom(1);
    private final BooleanSupplier flies;
    private final Thread runner;

    // All guarded by this.
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long scheduled;
    private boolean running = true;
    private boolean closed;

    /** @param flies whether time may jump to the next event; asked when none is due, without any lock */
    FakeTimeline(BooleanSupplier flies) {
        this.flies = flies;
        this.runner = new Thread(this::run, "whippletree-test");
        this.runner.setDaemon(true);
        this.runner.start();
    }

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public synchronized Instant now() {
        return EPOCH.plusNanos(nowNanos);
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable task) {
        long delay = Math.max(0, Math.min(delayNanos, Long.MAX_VALUE - nowNanos));
        Event event = new Event(nowNanos + delay, scheduled++, task);
        events.add(event);
        notifyAll();
        return event;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public synchronized RandomGenerator random() {
        return seeds.split();
    }

    /**
     * Moves time on, event by event, and returns when all that is due by then has run. Blocks, except on the thread of
     * the events, where it only moves time.
     */
    void advance(Duration ahead) {
        long until;
        synchronized (this) {
            until = nowNanos + ahead.toNanos();
        }
        boolean before = true;
        while (before) {
            settle();
            synchronized (this) {
                Event next = nextLive();
                before = next != null && next.atNanos <= until;
                nowNanos = Math.max(nowNanos, before && next != null ? next.atNanos : until);
                notifyAll();
            }
        }
    }

    /** Blocks until nothing that is due is left; returns at once on the thread of the events. */
    synchronized void settle() {
        while (Thread.currentThread() != runner && !closed && (running || isDue(nextLive()))) {
            await();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void run() {
        for (Event next = awaitNext(); next != null; next = awaitNext()) {
            next.run();
        }
    }

    /** Returns the next event that is due; null once it is closed. */
    private @Nullable Event awaitNext() {
        while (true) {
            long seen;
            synchronized (this) {
                Event next = nextLive();
                seen = scheduled;
                if (closed) {
                    running = false;
                    notifyAll();
                    return null;
                }
                if (isDue(next)) {
                    return events.remove();
                }
            }
            boolean jump = flies.getAsBoolean();
            synchronized (this) {
                Event next = nextLive();
                if (jump && next != null) {
                    nowNanos = Math.max(nowNanos, next.atNanos);
                } else if (seen == scheduled && !isDue(next) && !closed) {
                    running = false;
                    notifyAll();
                    await();
                    running = true;
                }
            }
        }
    }

    private boolean isDue(@Nullable Event event) {
        return event != null && event.atNanos <= nowNanos;
    }

    private @Nullable Event nextLive() {
        while (!events.isEmpty() && events.peek().cancelled) {
            events.remove();
        }
        return events.peek();
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the fake's events", e);
        }
    }

    /** A task and when it is due. */
    private static final class Event implements Timer, Comparable<Event> {

        private final long atNanos;
        private final long order;
        private final Runnable task;
        private volatile boolean cancelled;

        Event(long atNanos, long order, Runnable task) {
            this.atNanos = atNanos;
            this.order = order;
            this.task = task;
        }

        void run() {
            if (!cancelled) {
                cancelled = true;
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
