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
     * Starts a watch.
     *
     * @param name its thread's name
     * @param pause the time before the first check and between checks, positive
     * @param look the check; should allocate nothing if memory may be short
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
                // There may be no memory for a log line, and the next check is due whatever happened to this one.
            }
        }
    }

    /** Ends the watch after the check under way, without waiting for that. */
    @Override
    public void close() {
        closed.countDown();
    }
}
