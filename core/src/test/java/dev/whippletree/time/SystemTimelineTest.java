package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.logging.LoggedLines;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class SystemTimelineTest {

    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch ran = new CountDownLatch(1);

    private boolean hasRun() throws InterruptedException {
        return ran.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void scheduled_runsOnTheExecutor() throws InterruptedException {
        CountDownLatch handed = new CountDownLatch(1);
        Executor executor = task -> {
            handed.countDown();
            task.run();
        };
        try (SystemTimeline timeline = new SystemTimeline(executor)) {
            timeline.schedule(1, ran::countDown);
            assertThat(hasRun()).isTrue();
            assertThat(handed.getCount()).isZero();
        }
    }

    /** A JVM whose virtual threads have waited for a socket takes 0.3 seconds longer to end. */
    @Test
    void timelineOfAShortProcess_hasNoVirtualThreads() throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (SystemTimeline timeline = SystemTimeline.ofShortProcess()) {
            timeline.schedule(0, () -> {
                thread.set(Thread.currentThread());
                ran.countDown();
            });
            assertThat(hasRun()).isTrue();
        }
        assertThat(thread.get())
                .isExactlyInstanceOf(Thread.class)
                .extracting(Thread::isDaemon)
                .isEqualTo(true);
    }

    @Test
    void negativeDelay_meansAtOnce() throws InterruptedException {
        try (SystemTimeline timeline = new SystemTimeline()) {
            timeline.schedule(-5, ran::countDown);
            assertThat(hasRun()).isTrue();
        }
    }

    @Test
    void cancelled_doesNotRun_andLaterOnesDo() throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (SystemTimeline timeline = new SystemTimeline(Runnable::run)) {
            timeline.schedule(TimeUnit.MILLISECONDS.toNanos(50), cancelled::countDown)
                    .cancel();
            timeline.schedule(TimeUnit.MILLISECONDS.toNanos(60), ran::countDown);
            assertThat(hasRun()).isTrue();
            assertThat(cancelled.getCount()).isEqualTo(1);
        }
    }

    @Test
    void cancelled_leavesAtMostOneBehind() {
        long hour = TimeUnit.HOURS.toNanos(1);
        try (SystemTimeline timeline = new SystemTimeline()) {
            for (int i = 0; i < 10; i++) {
                Timeline.Timer one = timeline.schedule(hour, () -> {});
                Timeline.Timer other = timeline.schedule(hour, () -> {});
                one.cancel();
                other.cancel();
            }
            assertThat(timeline.queued()).isEqualTo(1);
        }
    }

    @Test
    void taskThatThrows_stopsNoOther() throws InterruptedException {
        try (LoggedLines log = new LoggedLines(SystemTimeline.class);
                SystemTimeline timeline = new SystemTimeline(Runnable::run)) {
            timeline.schedule(0, () -> {
                throw new IllegalStateException("broken task");
            });
            timeline.schedule(1, ran::countDown);
            assertThat(hasRun()).isTrue();
            assertThat(log.awaitFirst().all()).containsExactly("ERROR A timer's task failed");
            assertThat(log.thrown()).containsExactly("broken task");
        }
    }

    @Test
    void executorThatRejects_losesNoTimer() throws InterruptedException {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (SystemTimeline timeline = new SystemTimeline(full)) {
            timeline.schedule(0, ran::countDown);
            assertThat(hasRun()).isTrue();
        }
    }

    @Test
    void executorWithoutMemoryForAThread_losesNoTimer() throws InterruptedException {
        Executor exhausted = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        try (SystemTimeline timeline = new SystemTimeline(exhausted)) {
            timeline.schedule(0, ran::countDown);
            assertThat(hasRun()).isTrue();
        }
    }

    @Test
    void closed_takesTimersAndForgetsThem() {
        SystemTimeline timeline = new SystemTimeline();
        timeline.close();
        timeline.schedule(0, ran::countDown).cancel();
        assertThat(ran.getCount()).isEqualTo(1);
    }
}
