package dev.whippletree.engine;

import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A virtual timeline for several threads: tasks run on the thread that hands them in, timers on the one that lets time
 * pass.
 */
final class SharedTimeline implements Timeline {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Event> events = new ArrayList<>();
    private long nowNanos;

    private record Event(long atNanos, Runnable task) {}

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nanoTime());
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable task) {
        Event event = new Event(nowNanos + Math.min(delayNanos, Long.MAX_VALUE - nowNanos), task);
        events.add(event);
        return () -> cancel(event);
    }

    private synchronized void cancel(Event event) {
        events.removeIf(other -> other == event);
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    /**
     * Returns chance that always falls alike, so that what happens depends on nothing but the order of what is done.
     */
    @Override
    public RandomGenerator random() {
        return () -> 1L << 62;
    }

    /**
     * Goes on to the next event and runs it.
     *
     * @return false if there is none so soon, and time stands where it stood
     */
    boolean runNextWithin(long nanos) {
        Runnable task = takeNextWithin(nanos);
        task.run();
        return task != NOTHING;
    }

    private static final Runnable NOTHING = () -> {};

    private synchronized Runnable takeNextWithin(long nanos) {
        Event next = events.stream()
                .min(Comparator.comparingLong(Event::atNanos))
                .filter(event -> event.atNanos - nowNanos <= nanos)
                .orElse(null);
        if (next == null) {
            return NOTHING;
        }
        events.removeIf(other -> other == next);
        nowNanos = next.atNanos;
        return next.task;
    }
}
