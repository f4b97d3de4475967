package dev.whippletree.engine.run;

import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tasks of plugins. What a task throws is told to whoever asked the plugin, if the plugin added the task on
 * the asking thread, so that nobody waits for an answer that can't come; else, or if nobody waits any more, it is
 * logged. Thread-safe.
 */
public final class PluginTasks implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(PluginTasks.class);

    /** Hears the failures of the tasks that the calling thread adds. */
    private static final ThreadLocal<@Nullable Predicate<Throwable>> HEARER = new ThreadLocal<>();

    private final Executor executor;
    private final PluginFaults faults;

    public PluginTasks(Executor executor, PluginFaults faults) {
        this.executor = executor;
        this.faults = faults;
    }

    /**
     * Returns what a step returns.
     *
     * @param hearer is told what the tasks throw that the step adds on this thread; returns whether it was waited for
     */
    public static <T> T hearing(Predicate<Throwable> hearer, Supplier<T> step) {
        Predicate<Throwable> before = HEARER.get();
        HEARER.set(hearer);
        try {
            return step.get();
        } finally {
            HEARER.set(before);
        }
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(guarded(task));
    }

    /** Returns a task that throws nothing. */
    public Runnable guarded(Runnable task) {
        Predicate<Throwable> hearer = HEARER.get();
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                if (hearer == null || !hearer.test(e)) {
                    faults.log(LOG, task.getClass().getName(), e, "A plugin's task failed");
                }
            }
        };
    }
}
