package dev.whippletree.time;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Creates threads: virtual ones on a JVM that has them (21 and later), else daemons that end when idle. */
public final class Threads {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final long IDLE_SECONDS = 30;

    private Threads() {}

    /**
     * Returns an executor that starts every task at once and never queues one.
     *
     * @param name what its threads are called
     */
    public static ExecutorService newExecutor(String name) {
        if (Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
            return newVirtualThreadExecutor(name);
        }
        return newPlatformExecutor(name);
    }

    /**
     * Returns such an executor with daemon platform threads that end when idle, on any JVM: for tasks that may block
     * forever.
     */
    public static ExecutorService newPlatformExecutor(String name) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), daemonFactory(name));
    }

    /**
     * Returns an executor with at most so many of those threads, which queues what it can't start at once.
     *
     * @param name what its threads are called
     * @param most how many, at least 1
     */
    public static ExecutorService newPlatformExecutor(String name, int most) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemonFactory(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Returns a factory of daemon platform threads.
     *
     * @param name what they are called, followed by a number
     */
    public static ThreadFactory daemonFactory(String name) {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Calls {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name).factory())} by reflection, because
     * this is compiled for Java 17.
     */
    private static ExecutorService newVirtualThreadExecutor(String name) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle named =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            MethodHandle executor = lookup.findStatic(
                    Executors.class,
                    "newThreadPerTaskExecutor",
                    MethodType.methodType(ExecutorService.class, ThreadFactory.class));
            Object threads = named.invoke(start.invoke(), name + "-", 1L);
            return (ExecutorService) executor.invoke((ThreadFactory) factory.invoke(threads));
        } catch (Throwable e) {
            throw new IllegalStateException("this JVM's virtual threads aren't those of Java 21", e);
        }
    }
}
