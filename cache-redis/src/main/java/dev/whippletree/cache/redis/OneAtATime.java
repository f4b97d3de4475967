package dev.whippletree.cache.redis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;

/** Runs tasks one at a time and in order, on another executor. Thread-safe; doesn't block. */
final class OneAtATime implements Executor {

    private final Executor executor;
    private final Logger log;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    OneAtATime(Executor executor, Logger log) {
        this.executor = executor;
        this.log = log;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        proceed();
    }

    private void proceed() {
        try {
            executor.execute(this::runNext);
        } catch (RejectedExecutionException e) {
            // The services have ended, and with them everything that could hear.
        } catch (Error e) {
            // There may be memory for a thread when the next task comes: that one begins with those that wait.
            synchronized (this) {
                running = false;
            }
            throw e;
        }
    }

    private void runNext() {
        Runnable task;
        synchronized (this) {
            task = waiting.remove();
        }
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a notice from another process couldn't be processed", e);
        } finally {
            goOn();
        }
    }

    private void goOn() {
        synchronized (this) {
            running = !waiting.isEmpty();
            if (!running) {
                return;
            }
        }
        proceed();
    }
}
