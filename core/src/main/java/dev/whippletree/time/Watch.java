package dev.whippletree.time;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a check repeatedly on its own daemon thread, and continues even if the check throws: for problems that have to
 * be noticed even if a {@link Timeline}'s timers and executor don't run any more. Thread-safe.
 */
public final class Watch implements AutoCloseable {

    private final Runnable look;
    private final long pauseNanos;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Watch(Duration pause, Runnable look) {
        this.pauseNanos = pause.toNanos();
        this.look = look;
    }

    /**
     * Starts one.
     *
     * @param name what its thread is called
     * @param pause how long before the first look and between two, positive
     * @param look what to do; where memory may be short it had better allocate nothing
     */
    public static Watch start(String name, Duration pause, Runnable look) {
        Watch watch = new Watch(pause, look);
        Threads.daemonFactory(name).newThread(watch::run).start();
        return watch;
    }

    private void run() {
        boolean open = true;
        while (open) {
            try {
                open = !closed.await(pauseNanos, TimeUnit.NANOSECONDS);
                if (open) {
                    look.run();
                }
            } catch (Throwable e) {
                // There may be no memory to say so with, and the next look is due whatever became of this one.
            }
        }
    }

    /** Ends it after the look that is under way. Doesn't wait for that. */
    @Override
    public void close() {
        closed.countDown();
    }
}
