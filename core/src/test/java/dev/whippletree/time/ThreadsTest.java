package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void boundedExecutor_runsAllTasks_onSoManyThreads() throws InterruptedException {
        ExecutorService executor = Threads.newPlatformExecutor("bounded", 2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch bothRun = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        for (int task = 0; task < 10; task++) {
            executor.execute(() -> {
                threads.add(Thread.currentThread());
                bothRun.countDown();
                awaitQuietly(released);
            });
        }

        assertThat(bothRun.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
        released.countDown();
        executor.shutdown();
        assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(threads).hasSize(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
