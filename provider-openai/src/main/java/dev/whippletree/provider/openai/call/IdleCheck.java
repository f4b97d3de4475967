package dev.whippletree.provider.openai.call;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;

/**
 * Has OkHttp look once a second for connections that have been idle for too long. By itself, it wakes a thread after
 * each call, which locks all connections in turn and so holds up the next calls. Thread-safe.
 */
final class IdleCheck implements TaskRunner.Backend {

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final TaskRunner.Backend threads = TaskRunner.INSTANCE.getBackend();

    private IdleCheck() {}

    /**
     * Returns an empty pool.
     *
     * @param mostIdle how many idle connections it keeps
     * @param longest how long it keeps one, and up to a second longer
     * @throws LinkageError if OkHttp's inside is different or hidden
     */
    static ConnectionPool pool(int mostIdle, Duration longest) {
        return new ConnectionPool(
                mostIdle,
                longest.toSeconds(),
                TimeUnit.SECONDS,
                new TaskRunner(new IdleCheck(), TaskRunner.Companion.getLogger()),
                ConnectionListener.Companion.getNONE());
    }

    /** A call has ended, and its connection is idle. It can wait. */
    @Override
    public void coordinatorNotify(TaskRunner runner) {}

    @Override
    public void coordinatorWait(TaskRunner runner, long nanos) {
        threads.coordinatorWait(runner, Math.min(nanos, PAUSE_NANOS));
    }

    @Override
    public long nanoTime() {
        return threads.nanoTime();
    }

    @Override
    public <T> BlockingQueue<T> decorate(BlockingQueue<T> queue) {
        return threads.decorate(queue);
    }

    @Override
    public void execute(TaskRunner runner, Runnable task) {
        threads.execute(runner, task);
    }
}
