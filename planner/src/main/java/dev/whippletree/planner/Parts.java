package dev.whippletree.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The tasks of one plan: collected first, then run on an executor. Filled and started by one thread. */
final class Parts {

    private final Executor executor;
    private final Consumer<PlanProgress> progress;
    private final List<Runnable> tasks = new ArrayList<>();
    private int done;

    Parts(Executor executor, Consumer<PlanProgress> progress) {
        this.executor = executor;
        this.progress = progress;
    }

    /**
     * Adds a part, to be run once all are started.
     *
     * @param what it is, in words
     * @return ends with what it finds
     */
    <T> CompletableFuture<T> add(String what, Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Supplier<T> told = () -> {
            T found = task.get();
            tell(what);
            return found;
        };
        tasks.add(() -> result.completeAsync(told, Runnable::run));
        return result;
    }

    /** Starts them in order, one per processor: more at once would only use more memory. */
    void start() {
        Queue<Runnable> waiting = new ConcurrentLinkedQueue<>(tasks);
        int atOnce = Math.min(tasks.size(), Runtime.getRuntime().availableProcessors());
        for (int number = 0; number < atOnce; number++) {
            executor.execute(() -> runAll(waiting));
        }
    }

    private static void runAll(Queue<Runnable> waiting) {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }

    private synchronized void tell(String what) {
        progress.accept(new PlanProgress(++done, tasks.size(), what));
    }
}
