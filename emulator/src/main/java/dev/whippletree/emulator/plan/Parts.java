package dev.whippletree.emulator.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The parts of one plan: counted first, then run on an executor. Filled and started by one thread. */
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
        tasks.add(() -> run(what, task, result));
        return result;
    }

    /** Starts them all, in order. */
    void start() {
        tasks.forEach(executor::execute);
    }

    private <T> void run(String what, Supplier<T> task, CompletableFuture<T> result) {
        try {
            T found = task.get();
            tell(what);
            result.complete(found);
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private synchronized void tell(String what) {
        progress.accept(new PlanProgress(++done, tasks.size(), what));
    }
}
