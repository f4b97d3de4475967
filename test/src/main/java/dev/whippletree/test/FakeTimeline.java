package dev.whippletree.test;

import dev.whippletree.time.Threads;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time for programs with threads of their own. Events that are due run at once, one after the other; those that
 * join a future let others run meanwhile. Time moves by {@link #advance}, or flies. Thread-safe.
 */
final class FakeTimeline implements Timeline {

    private static final long LOOK_NANOS = 500_000; // 2,000 looks at a busy thread are enough: it may never wait.
    private final ForkJoinPool pool = new ForkJoinPool(
            1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true, 0, 32_767, 1, null, 1, TimeUnit.SECONDS);
    private final VirtualTimeline time = new VirtualTimeline(1); // Guarded by this.
    private final Set<Thread> users = Collections.newSetFromMap(new WeakHashMap<>()); // Guarded by this.
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger pending = new AtomicInteger(); // What is due, or has begun and not ended.
    private final BooleanSupplier flies;
    private int looks; // Guarded by this.
    volatile boolean closed; // Then no thread of its own is left.

    FakeTimeline(BooleanSupplier flies) {
        this.flies = flies;
        Threads.daemonFactory("whippletree-test").newThread(this::fly).start();
    }

    @Override
    public synchronized long nanoTime() {
        users.add(Thread.currentThread());
        return time.nanoTime();
    }

    @Override
    public synchronized Instant now() {
        return time.now();
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable task) {
        users.add(Thread.currentThread());
        looks = 0;
        Timer timer = time.schedule(delayNanos, () -> {
            pending.incrementAndGet();
            pool.execute(() -> run(task));
        });
        time.advance(Duration.ZERO);
        return timer;
    }

    @Override
    public Executor executor() {
        return task -> schedule(0, task);
    }

    @Override
    public synchronized RandomGenerator random() {
        return new SplittableRandom(time.random().nextLong());
    }

    /** Moves time on, event by event, and returns when all that is due by then has run or waits. */
    void advance(Duration ahead) {
        long until = nanoTime() + ahead.toNanos();
        schedule(ahead.toNanos(), () -> {});
        for (settle(); nanoTime() < until; settle()) {
            synchronized (this) {
                time.runNext();
            }
        }
        schedule(0, () -> {});
        settle();
    }

    /** Returns when all that is due has run or waits; in a callback, at once. */
    void settle() {
        while (isBusy()) {
            LockSupport.parkNanos(LOOK_NANOS / 10);
        }
    }

    private void fly() {
        while (!closed) {
            boolean flying = flies.getAsBoolean();
            synchronized (this) {
                users.remove(Thread.currentThread());
                looks = flying && !isBusy() ? looks + 1 : 0;
                // Other waiting threads look as before until they run, even if they needn't wait any more.
                int enough =
                        users.stream().allMatch(it -> LockSupport.getBlocker(it) instanceof ManagedBlocker) ? 1 : 20;
                if (looks > 2000 || (looks > enough && users.stream().allMatch(FakeTimeline::waits))) {
                    time.runNext();
                }
            }
            LockSupport.parkNanos(flying ? LOOK_NANOS : LOOK_NANOS * 10);
        }
    }

    private void run(Runnable task) {
        workers.add(Thread.currentThread());
        try {
            task.run();
        } finally {
            workers.remove(Thread.currentThread());
            pending.decrementAndGet();
        }
    }

    private boolean isBusy() {
        int all = pending.get(); // Read first: what has ended since has made due what follows from it.
        return !workers.contains(Thread.currentThread())
                && all > workers.stream().filter(this::waitsInATask).count();
    }

    /** Until it parks next, a thread of the pool is said to wait for the pool. */
    private boolean waitsInATask(Thread worker) {
        Object blocker = LockSupport.getBlocker(worker);
        return blocker != null && blocker != pool && waits(worker, blocker);
    }

    private static boolean waits(Thread thread) {
        return waits(thread, LockSupport.getBlocker(thread));
    }

    /** Returns whether a thread has ended, or waits for more than the engine's lock and has to wait on. */
    private static boolean waits(Thread thread, @Nullable Object blocker) {
        if (blocker instanceof ManagedBlocker future) {
            return !future.isReleasable();
        }
        boolean locked = blocker != null && blocker.getClass().getEnclosingClass() == ReentrantLock.class;
        boolean still = thread.getState().compareTo(Thread.State.BLOCKED) > 0;
        return still && !locked && LockSupport.getBlocker(thread) == blocker; // Or it waits for the lock by now.
    }
}
