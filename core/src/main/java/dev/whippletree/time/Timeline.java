package dev.whippletree.time;

import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A source of time, timers, threads and random numbers.
 *
 * <p>{@link SystemTimeline} is the real one. {@link VirtualTimeline} advances only on request, which makes everything
 * on it repeatable. Implementations are thread-safe.
 */
public interface Timeline {

    /**
     * Returns a reading in nanoseconds, zero or more, that never goes back; only differences between readings mean
     * anything.
     */
    long nanoTime();

    /** Returns the wall-clock time. Unlike {@link #nanoTime()}, it can be set, so it may jump. */
    Instant now();

    /**
     * Runs a task once, later, on {@link #executor()}.
     *
     * @param delayNanos nanoseconds from now; zero or less means as soon as possible
     * @param task what to run; exceptions it throws are logged and not passed on
     * @return a handle that cancels the task if it hasn't started
     */
    Timer schedule(long delayNanos, Runnable task);

    /** Returns the executor on which timers and callbacks run. */
    Executor executor();

    /** Returns the source of randomness; safe to use from several threads. */
    RandomGenerator random();

    /** A task that {@link #schedule} will run. */
    @FunctionalInterface
    interface Timer {

        /** Cancels the task. Does nothing if it has run or was cancelled before. Thread-safe; never blocks. */
        void cancel();
    }
}
