package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.logging.LoggedLines;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SystemTimelineTest {

    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch ran = new CountDownLatch(1);

    private boolean hasRun() throws InterruptedException {
        return ran.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Stream<Executor> executors() {
        return Stream.of(
                Runnable::run,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
    }

    /** The system's own readings may be negative. */
    @Test
    void nanoTime_beginsWithTheProcess_forAllTimelinesAlike() {
        try (SystemTimeline one = new SystemTimeline(Runnable::run);
                SystemTimeline other = new SystemTimeline(Runnable::run)) {
            long first = one.nanoTime();
            assertThat(other.nanoTime()).isGreaterThanOrEqualTo(first);
            assertThat(first).isNotNegative();
            assertThat(Duration.ofNanos(one.nanoTime()))
                    .isLessThanOrEqualTo(Duration.ofMillis(
                            ManagementFactory.getRuntimeMXBean().getUptime() + 1));
        }
    }

    /** A negative delay means at once. */
    @ParameterizedTest
    @MethodSource("executors")
    void timer_isLostNeitherByItsExecutorNorByATaskThatThrows(Executor executor) throws InterruptedException {
        AtomicInteger handed = new AtomicInteger();
        try (LoggedLines log = new LoggedLines(SystemTimeline.class);
                SystemTimeline timeline = new SystemTimeline(task -> {
                    handed.incrementAndGet();
                    executor.execute(task);
                })) {
            timeline.schedule(-5, () -> {
                throw new AssertionError("broken task");
            });
            timeline.schedule(1, ran::countDown);
            assertThat(hasRun()).isTrue();
            assertThat(handed).hasValueGreaterThanOrEqualTo(2);
            assertThat(log.all()).contains("ERROR A timer's task failed");
            assertThat(log.thrown()).contains("broken task");
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
        assertThat(thread.get().getName()).isEqualTo("whippletree-1");
        assertThat(thread.get())
                .isExactlyInstanceOf(Thread.class)
                .extracting(Thread::isDaemon)
                .isEqualTo(true);
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
    void closed_takesTimersAndForgetsThem() {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        new SystemTimeline(callers).close();
        assertThat(callers.isShutdown()).isFalse();
        callers.shutdown();
        SystemTimeline timeline = new SystemTimeline();
        timeline.close();
        assertThat(((ExecutorService) timeline.executor()).isShutdown()).isTrue();
        timeline.schedule(0, ran::countDown).cancel();
        assertThat(ran.getCount()).isEqualTo(1);
    }
}
