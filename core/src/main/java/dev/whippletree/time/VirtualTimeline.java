package dev.whippletree.time;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A timeline that stands still until it is advanced, and then jumps from one event to the next.
 *
 * <p>Events at the same instant run in the order in which they were scheduled, on the thread that calls one of the
 * {@code run…} methods. With the same seed and the same program, every run is the same. Confined to one thread.
 */
public final class VirtualTimeline implements Timeline {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Executor executor = task -> schedule(0, task);
    private final RandomGenerator random;
    private long nowNanos;
    private long scheduled;

    /**
     * Creates a timeline at time zero.
     *
     * @param seed the seed of {@link #random()}
     */
    public VirtualTimeline(long seed) {
        this.random = new SplittableRandom(seed);
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nowNanos);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Event event =
                new Event(nowNanos + Math.max(0, Math.min(delayNanos, Long.MAX_VALUE - nowNanos)), scheduled++, task);
        events.add(event);
        return event;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    /**
     * Jumps to the next event and runs it.
     *
     * @return false if there was none; then time hasn't moved
     */
    public boolean runNext() {
        Event event = nextLive();
        if (event == null) {
            return false;
        }
        events.remove();
        nowNanos = event.atNanos;
        event.run();
        return true;
    }

    /** Runs events until none is left. Never returns if every event schedules another. */
    public void runAll() {
        while (runNext()) {}
    }

    /**
     * Runs all events up to and including a later moment, and stops there.
     *
     * @param ahead how far to go, zero or more
     */
    public void advance(Duration ahead) {
        long until = nowNanos + ahead.toNanos();
        for (Event event = nextLive(); event != null && event.atNanos <= until; event = nextLive()) {
            runNext();
        }
        nowNanos = until;
    }

    private @Nullable Event nextLive() {
        while (!events.isEmpty() && events.peek().cancelled) {
            events.remove();
        }
        return events.peek();
    }

    /** A task and when it is due; one that is cancelled stays in the queue until its turn and is then dropped. */
    private static final class Event implements Timer, Comparable<Event> {

        private final long atNanos;
        private final long order;
        private Runnable task;
        private boolean cancelled;

        Event(long atNanos, long order, Runnable task) {
            this.atNanos = atNanos;
            this.order = order;
            this.task = task;
        }

        void run() {
            Runnable due = task;
            cancel();
            due.run();
        }

        @Override
        public void cancel() {
            cancelled = true;
            task = () -> {};
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
