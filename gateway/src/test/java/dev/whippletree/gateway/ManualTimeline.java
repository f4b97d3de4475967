package dev.whippletree.gateway;

import dev.whippletree.time.Threads;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Time that moves by hand while threads are real. Thread-safe. */
public final class ManualTimeline implements Timeline, AutoCloseable {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_STEPS = 1_000;
    private static final long STEP_MILLIS = 20;

    private final ExecutorService executor = Threads.newExecutor("manual");
    private final RandomGenerator random = new SplittableRandom(1);
    private final TreeSet<Task> tasks = new TreeSet<>();
    private long nowNanos;
    private Duration jumped = Duration.ZERO;
    private long scheduled;
    private Optional<String> failing = Optional.empty();

    private final class Task implements Timer, Comparable<Task> {

        private final long delayNanos;
        private final long atNanos;
        private final long order;
        private final Runnable work;

        Task(long delayNanos, long atNanos, long order, Runnable work) {
            this.delayNanos = delayNanos;
            this.atNanos = atNanos;
            this.order = order;
            this.work = work;
        }

        Duration delay() {
            return Duration.ofNanos(delayNanos);
        }

        @Override
        public void cancel() {
            synchronized (ManualTimeline.this) {
                tasks.remove(this);
                ManualTimeline.this.notifyAll();
            }
        }

        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** The next thread of the server that asks for the time fails with an error. */
    public synchronized void failForServer() {
        failFor("XNIO");
    }

    /** The next thread whose name begins so and that asks for the time fails with an error. */
    public synchronized void failFor(String threads) {
        failing = Optional.of(threads);
    }

    @Override
    public synchronized long nanoTime() {
        if (failing.filter(Thread.currentThread().getName()::startsWith).isPresent()) {
            failing = Optional.empty();
            throw new AssertionError("a fault for the test");
        }
        return nowNanos;
    }

    @Override
    public synchronized Instant now() {
        return EPOCH.plusNanos(nowNanos).plus(jumped);
    }

    /** Sets the clock of the day, without any time passing. */
    public synchronized void jump(Duration by) {
        jumped = jumped.plus(by);
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable task) {
        if (delayNanos <= 0) {
            executor.execute(task);
            return () -> {};
        }
        Task timer =
                new Task(delayNanos, nowNanos + Math.min(delayNanos, Long.MAX_VALUE - nowNanos), scheduled++, task);
        tasks.add(timer);
        notifyAll();
        return timer;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    /** Lets time pass, and what becomes due by that run. */
    public synchronized void advance(Duration by) {
        long until = nowNanos + by.toNanos();
        while (!tasks.isEmpty() && tasks.first().atNanos <= until) {
            Task due = tasks.pollFirst();
            nowNanos = due.atNanos;
            executor.execute(due.work);
        }
        nowNanos = until;
    }

    /** Lets time pass, second by second, until something has happened. */
    public <T> T advanceUntil(CompletableFuture<T> happened) {
        for (int step = 0; step < MOST_STEPS; step++) {
            try {
                return happened.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                advance(Duration.ofSeconds(1));
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("it didn't happen");
    }

    /** Waits until so many timers haven't run and aren't called off. */
    public void awaitTimers(int count) throws InterruptedException {
        await(() -> tasks.size() == count);
    }

    /**
     * Waits until there is a timer, and lets time pass until it is due. Waits for the next one then.
     *
     * @param wanted for how long such a timer is set
     */
    public void toNextTimer(Predicate<Duration> wanted) throws InterruptedException {
        Task due = timer(wanted);
        synchronized (this) {
            advance(Duration.ofNanos(due.atNanos - nowNanos));
        }
        awaitTimer(wanted);
    }

    /** Waits until there is a timer. */
    public void awaitTimer(Predicate<Duration> wanted) throws InterruptedException {
        timer(wanted);
    }

    private synchronized Task timer(Predicate<Duration> wanted) throws InterruptedException {
        await(() -> tasks.stream().anyMatch(task -> wanted.test(task.delay())));
        return tasks.stream()
                .filter(task -> wanted.test(task.delay()))
                .findFirst()
                .orElseThrow();
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedException {
        long patienceUntil = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(patienceUntil - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("it didn't happen; there are " + tasks.size() + " timers");
            }
            wait(left);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
