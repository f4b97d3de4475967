package dev.whippletree.engine.run;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The engine's one lock, and the tasks that its holders leave for after its release.
 *
 * <p>A decision changes the engine's state and returns within microseconds. Sending, completing futures, timers and listeners are
 * effects: {@link #after} puts them into a mailbox, whose tasks run in order on the executor once the lock is free.
 */
public final class Monitor {

    private final ReentrantLock lock = new ReentrantLock();
    private final Executor executor;
    private final Function<Mailbox, Executor> threads;
    private Set<Mailbox> touched = new LinkedHashSet<>();

    public Monitor(Executor executor) {
        this.executor = executor;
        this.threads = mailbox -> executor;
    }

    /** Decides something under the lock. */
    public <T> T decide(Supplier<T> decision) {
        return decide(decision, threads);
    }

    /**
     * Decides what comes of the end of a call. If one of the {@link CallTasks} tells it, the mailboxes are run on its thread once it is
     * over, except those for which others would have to wait.
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
        Set<Mailbox> due = Set.of();
        lock.lock();
        try {
            T decided = decision.get();
            return decided;
        } finally {
            // A decision made within another leaves its effects to the outermost one.
            if (lock.getHoldCount() == 1 && !touched.isEmpty()) {
                due = touched;
                touched = new LinkedHashSet<>();
            }
            lock.unlock();
            due.forEach(mailbox -> mailbox.runOn(ofMailbox.apply(mailbox)));
        }
    }

    /** Decides something under the lock that has no result. */
    public void decide(Runnable decision) {
        decide(() -> {
            decision.run();
            return true;
        });
    }

    /** Leaves a task to be done after the lock is free. The lock must be held. */
    public void after(Mailbox mailbox, Runnable task) {
        assertHeld();
        mailbox.add(task);
        touched.add(mailbox);
    }

    /** Checks that the calling thread holds the lock. Costs nothing unless Java's assertions are on, as they are in tests. */
    public void assertHeld() {
        assert lock.isHeldByCurrentThread() : "the engine's lock must be held here";
    }
}
