package dev.whippletree.engine.run;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in order, on an executor. Thread-safe; if a task throws, the error is logged and the next
 * one runs.
 */
public final class Mailbox {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final boolean quick;
    private final Queue<Runnable> tasks = new ArrayDeque<>(4);
    private boolean running;

    private Mailbox(boolean quick) {
        this.quick = quick;
    }

    /** Returns an empty mailbox whose tasks take microseconds, so that other tasks may wait for them. */
    public static Mailbox ofQuickTasks() {
        return new Mailbox(true);
    }

    /** Returns an empty mailbox whose tasks may take any time. */
    public static Mailbox ofAnyTasks() {
        return new Mailbox(false);
    }

    boolean isQuick() {
        return quick;
    }

    public synchronized void add(Runnable task) {
        tasks.add(task);
    }

    /**
     * Makes the calling thread run what is added, until it calls {@link #drain}. Nothing may have been added before.
     */
    public synchronized void claim() {
        running = true;
    }

    /** Has the added tasks run. Doesn't wait for them. */
    public void runOn(Executor executor) {
        synchronized (this) {
            if (running || tasks.isEmpty()) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The executor's owner has shut it down, or no thread can be had; but callers still have to hear how their
            // prompts ended.
            drain();
        }
    }

    /** Runs the added tasks, also those added meanwhile, on the calling thread, which has claimed the mailbox. */
    public void drain() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable e) {
                // Plugins throw errors too, such as those of linking; the tasks behind this one must run all the same.
                LOG.error("A task of the engine failed", e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = tasks.poll();
        running = task != null;
        return task;
    }
}
