package dev.whippletree.cache.similar;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs a few tasks at once on somebody's executor, keeps a few more, and takes no others. Thread-safe. */
final class Workers {

    private final Executor executor;
    private final int atOnce;
    private final int mostWaiting;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private @Nullable Runnable end;

    /**
     * @param executor where they run
     * @param atOnce how many at once
     * @param mostWaiting how many more may wait
     */
    Workers(Executor executor, int atOnce, int mostWaiting) {
        this.executor = executor;
        this.atOnce = atOnce;
        this.mostWaiting = mostWaiting;
    }

    /** Runs a task, at once or later; returns false if there is no room for it. The task must not throw. */
    boolean take(Runnable task) {
        synchronized (this) {
            if (end != null) {
                return false;
            }
            if (running >= atOnce) {
                return waiting.size() < mostWaiting && waiting.add(task);
            }
            running++;
        }
        return start(task);
    }

    synchronized int waiting() {
        return waiting.size();
    }

    private boolean start(Runnable task) {
        try {
            executor.execute(() -> work(task));
            return true;
        } catch (RejectedExecutionException e) {
            // Its owner has shut it down; what waits would wait for ever.
            synchronized (this) {
                running--;
                waiting.clear();
            }
            return false;
        } catch (Error e) {
            synchronized (this) {
                running--; // There may be memory for a thread when the next task comes.
            }
            throw e;
        }
    }

    private void work(Runnable first) {
        @Nullable Error thrown = null;
        for (Runnable task = first; task != null; task = next()) {
            try {
                task.run();
            } catch (Error e) {
                thrown = e; // What waits may need less memory.
            }
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    private @Nullable Runnable next() {
        Runnable last;
        synchronized (this) {
            Runnable task = waiting.poll();
            if (task != null) {
                return task;
            }
            running--;
            last = running == 0 ? end : null;
        }
        if (last != null) {
            last.run();
        }
        return null;
    }

    /** Takes no more tasks; when those under way are done, one last thing is. Called once. */
    void end(Runnable last) {
        boolean idle;
        synchronized (this) {
            end = last;
            idle = running == 0;
        }
        if (idle) {
            last.run();
        }
    }
}
