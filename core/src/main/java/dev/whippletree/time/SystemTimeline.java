package dev.whippletree.time;

import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/**
 * The real timeline: the machine's clocks, one timer thread, and an executor for callbacks.
 *
 * <p>The timer thread only hands tasks to the executor, so a slow task delays no other. Thread-safe.
 */
public final class SystemTimeline implements Timeline, AutoCloseable {

    /** One for all: readings of different timelines may be compared. */
    private static final long ORIGIN_NANOS = System.nanoTime();

    /** Draws from the calling thread's own generator, so that callers never contend. */
    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    private final ScheduledThreadPoolExecutor timer;
    private final Executor executor;
    private final boolean ownsExecutor;

    /** Creates a timeline with threads of its own: virtual ones where the JVM has them. */
    public SystemTimeline() {
        this(Threads.newExecutor("whippletree"), true);
    }

    /**
     * Returns a timeline for a short process, with platform threads of its own. A JVM whose virtual threads have waited
     * for a socket takes 0.3 seconds longer to end: HotSpot waits so long for threads in native code, and the thread
     * that polls for virtual threads never leaves it.
     */
    public static SystemTimeline ofShortProcess() {
        return new SystemTimeline(Threads.newPlatformExecutor("whippletree"), true);
    }

    /**
     * Creates a timeline whose tasks run on the caller's executor, which {@link #close()} leaves running.
     *
     * @param executor where timers and callbacks run
     */
    public SystemTimeline(Executor executor) {
        this(executor, false);
    }

    private SystemTimeline(Executor executor, boolean ownsExecutor) {
        this.executor = executor;
        this.ownsExecutor = ownsExecutor;
        this.timer = new ScheduledThreadPoolExecutor(1, Threads.daemonFactory("whippletree-timer"));
        this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() - ORIGIN_NANOS;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Runnable guarded = () -> runGuarded(task);
        if (timer.isShutdown()) {
            return () -> {};
        }
        Future<?> future =
                timer.schedule(() -> runOn(executor, guarded), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        return () -> cancel(future);
    }

    /**
     * Cancels a task. It leaves the queue, unless it is alone there: then the next task, which is mostly due later,
     * needn't wake the timer thread. A cancelled task holds nothing.
     */
    private void cancel(Future<?> task) {
        if (task.cancel(false) && task instanceof Runnable queued && queued() > 1) {
            timer.remove(queued);
        }
    }

    /** Returns the number of tasks in the queue, including cancelled ones. */
    int queued() {
        return timer.getQueue().size();
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public RandomGenerator random() {
        return RANDOM;
    }

    /** Drops the timers that haven't fired and ends the threads made here once idle. Doesn't wait for them. */
    @Override
    public void close() {
        timer.shutdownNow();
        if (ownsExecutor && executor instanceof ExecutorService owned) {
            owned.shutdown();
        }
    }

    private static void runOn(Executor executor, Runnable guarded) {
        try {
            executor.execute(guarded);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The executor is full, its owner has shut it down, or no thread can be had; but deadlines still have to be
            // kept.
            guarded.run();
        }
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // No logger before it is needed: a command that only prints its usage shouldn't have to start logging.
            LoggerFactory.getLogger(SystemTimeline.class).error("A timer's task failed", e);
        }
    }
}
