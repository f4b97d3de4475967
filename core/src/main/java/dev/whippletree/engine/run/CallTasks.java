package dev.whippletree.engine.run;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks that make calls, and on the same thread what the end of such a call leads to once the task is over: the answer is
 * stored, the next prompts' calls begin, and the caller is told, all without a change of thread. Thread-safe.
 */
public final class CallTasks implements Executor {

    private static final ThreadLocal<@Nullable Rest> PRESENT = new ThreadLocal<>();

    private final Executor executor;

    public CallTasks(Executor executor) {
        this.executor = executor;
    }

    /** What is left to do after the present task. */
    private static final class Rest {

        private final Queue<Runnable> quick = new ArrayDeque<>();
        private @Nullable Runnable slow;

        void runQuick() {
            for (Runnable next = quick.poll(); next != null; next = quick.poll()) {
                next.run();
            }
        }

        void runSlow() {
            if (slow != null) {
                slow.run();
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    private static void run(Runnable task) {
        if (PRESENT.get() != null) {
            task.run(); // The executor runs tasks on the thread that brings them, which is within one.
            return;
        }
        Rest rest = new Rest();
        PRESENT.set(rest);
        try {
            task.run();
        } finally {
            rest.runQuick();
            // What may wait for others has nothing left behind it.
            PRESENT.remove();
            rest.runSlow();
        }
    }

    /**
     * Returns what runs a mailbox after the calling thread's present task, unless there is none.
     *
     * @param otherwise what runs it then, and also if it may be slow and another one that may be has the thread already
     */
    static Executor next(Mailbox mailbox, Executor otherwise) {
        Rest rest = PRESENT.get();
        if (rest == null || !mailbox.isQuick() && rest.slow != null) {
            return otherwise;
        }
        return mailbox.isQuick() ? rest.quick::add : task -> rest.slow = task;
    }
}
