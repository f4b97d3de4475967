package dev.whippletree.tests.benchmark;

import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Time that moves by hand and rings no timers, so that what is measured is a decision and not what follows from it.
 * Confined to one thread.
 */
final class ManualTimeline implements Timeline {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final RandomGenerator random = new SplittableRandom(1);
    private long nowNanos;

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nowNanos);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return () -> {};
    }

    @Override
    public Executor executor() {
        return tasks::add;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    void advance(long nanos) {
        nowNanos += nanos;
    }

    /** Runs what the engine has left to be done. */
    void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
