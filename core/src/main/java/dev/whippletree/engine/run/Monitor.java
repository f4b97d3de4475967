package dev.whippletree.engine.run;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's one lock, and the tasks left for after its release.
 *
 * <p>A decision changes the engine's state and returns within microseconds. One whose result nobody waits for is made
 * by the thread that has the lock, if another one has it, so that the teller needn't stop (flat combining: Hendler,
 * Incze, Shavit and Tzafrir, SPAA 2010). Sending, completing futures, timers and listeners are effects: {@link #after}
 * puts them into a mailbox, whose tasks run in order on the executor once the lock is free.
 */
public final class Monitor {

    private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
    private static final String ENGINE = "dev.whippletree.engine.";

    private final OwnedLock lock = new OwnedLock();
    private final Executor executor;
    private final Function<Mailbox, Executor> threads;
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final Mailbox deferred = Mailbox.ofAnyTasks();
    private Set<Mailbox> touched = new LinkedHashSet<>();

    /** A lock that says who has it. */
    private static final class OwnedLock extends ReentrantLock {

        private static final long serialVersionUID = 1;

        @Nullable Thread owner() {
            return getOwner();
        }
    }

    public Monitor(Executor executor) {
        this.executor = executor;
        this.threads = mailbox -> executor;
    }

    public <T> T decide(Supplier<T> decision) {
        return decide(decision, threads);
    }

    /**
     * Makes a decision that ends a call. If one of the {@link CallTasks} calls this, the mailboxes run on its thread
     * once it is over, except those that others would have to wait for.
     */
    public void conclude(Runnable decision) {
        decide(
                () -> {
                    decision.run();
                    return true;
                },
                mailbox -> CallTasks.next(mailbox, executor));
    }

    private <T> T decide(Supplier<T> decision, Function<Mailbox, Executor> ofMailbox) {
        lock.lock();
        try {
            // Not in the middle of another decision.
            if (lock.getHoldCount() == 1) {
                decidePosted();
            }
            return decision.get();
        } finally {
            release(ofMailbox);
            decideLater();
        }
    }

    /** Warns that something waits for the lock, with what its owner does: a plugin may block there. */
    public void warnOfOwner(String waiting) {
        Thread owner = lock.owner();
        if (owner != null) {
            Throwable stack = new Throwable("thread " + owner.getName());
            stack.setStackTrace(owner.getStackTrace());
            LOG.warn("{} waits for the engine, which {} blocks", waiting, called(stack.getStackTrace()), stack);
        }
    }

    /** Returns the class that the engine has called. */
    private static String called(StackTraceElement[] stack) {
        int engine = 0;
        while (engine < stack.length && !stack[engine].getClassName().startsWith(ENGINE)) {
            engine++;
        }
        return engine == 0 ? "its own code" : stack[engine - 1].getClassName();
    }

    /**
     * Makes a decision without a result, before any later decision of the calling thread. Never waits for the lock: if
     * another thread has it, that thread decides.
     */
    public void tell(Runnable decision) {
        if (lock.isHeldByCurrentThread()) {
            decision.run();
        } else {
            posted.add(decision);
            decideLater();
        }
    }

    private void decideLater() {
        while (!posted.isEmpty() && !lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                decidePosted();
            } finally {
                release(threads);
            }
        }
    }

    private void decidePosted() {
        for (Runnable next = posted.poll(); next != null; next = posted.poll()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A decision failed", e);
            }
        }
    }

    /** Releases the lock; a nested decision leaves its effects to the outermost one. */
    private void release(Function<Mailbox, Executor> ofMailbox) {
        Set<Mailbox> due = Set.of();
        if (lock.getHoldCount() == 1 && !touched.isEmpty()) {
            due = touched;
            touched = new LinkedHashSet<>();
        }
        lock.unlock();
        due.forEach(mailbox -> mailbox.runOn(ofMailbox.apply(mailbox)));
    }

    public void decide(Runnable decision) {
        decide(() -> {
            decision.run();
            return true;
        });
    }

    /** Adds a task to a mailbox, to run once the lock is free. The lock must be held. */
    public void after(Mailbox mailbox, Runnable task) {
        assertHeld();
        mailbox.add(task);
        touched.add(mailbox);
    }

    /**
     * Adds a task that belongs to no flight, to run once the lock is free, in order with the others of this kind. The
     * lock must be held.
     */
    public void announce(Runnable task) {
        after(deferred, task);
    }

    /**
     * Checks that the calling thread holds the lock. Costs nothing unless Java's assertions are on, as they are in
     * tests.
     */
    public void assertHeld() {
        assert lock.isHeldByCurrentThread() : "the engine's lock must be held here";
    }

    /**
     * Runs the tasks that make calls, and then, on the same thread, what the end of a call leads to: the answer is
     * stored, the next calls begin, and the caller is answered, all without a change of thread. Thread-safe.
     */
    public static final class CallTasks implements Executor {

        private static final ThreadLocal<@Nullable Rest> PRESENT = new ThreadLocal<>();

        private final Executor executor;

        public CallTasks(Executor executor) {
            this.executor = executor;
        }

        /** What to do after the present task. */
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
                task.run(); // The executor runs tasks on the submitting thread, which is within a task already.
                return;
            }
            Rest rest = new Rest();
            PRESENT.set(rest);
            try {
                task.run();
            } finally {
                rest.runQuick();
                // A slow task must hold up nothing.
                PRESENT.remove();
                rest.runSlow();
            }
        }

        /**
         * Returns an executor that runs a mailbox after the calling thread's present task.
         *
         * @param otherwise returned if there is no such task, or if the mailbox may be slow and another slow one
         *     already has the thread
         */
        static Executor next(Mailbox mailbox, Executor otherwise) {
            Rest rest = PRESENT.get();
            if (rest == null || (!mailbox.quick && rest.slow != null)) {
                return otherwise;
            }
            return mailbox.quick ? rest.quick::add : task -> rest.slow = task;
        }
    }

    /**
     * Runs tasks one at a time, in order, on an executor. Thread-safe; if a task throws, the error is logged and the
     * next one runs.
     */
    public static final class Mailbox {

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

        public synchronized void add(Runnable task) {
            tasks.add(task);
        }

        /**
         * Makes the calling thread run what is added, until it calls {@link #drain}. Nothing may have been added
         * before.
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
                // The executor was shut down, or there is no thread; callers must still learn how their prompts ended.
                drain();
            }
        }

        /** Runs the added tasks, also those added meanwhile, on the calling thread, which has claimed the mailbox. */
        public void drain() {
            for (Runnable task = next(); task != null; task = next()) {
                try {
                    task.run();
                } catch (Throwable e) {
                    // Plugins throw errors too, such as those of linking; the tasks behind this one must run all the
                    // same.
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
}
