package dev.whippletree.testkit;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services for a plugin under test, over a real or a virtual timeline. As thread-safe as its timeline.
 *
 * <p>Its time of day can be advanced, so that tests of expiry can pass the time, also in real time.
 */
public final class FakeServices implements Services, AutoCloseable {

    private final Timeline timeline;
    private final Runnable closing;
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private volatile Function<Prompt, CompletionStage<Completion>> answerer = FakeServices::refuse;

    private FakeServices(Timeline timeline, Runnable closing) {
        this.timeline = timeline;
        this.closing = closing;
    }

    /**
     * Returns services over a timeline, which {@link #close()} leaves as it is.
     *
     * @param timeline a {@link dev.whippletree.time.VirtualTimeline}, unless the plugin has threads of its own
     */
    public static FakeServices on(Timeline timeline) {
        return new FakeServices(timeline, () -> {});
    }

    /** Returns services in real time, with threads that {@link #close()} ends. */
    public static FakeServices real() {
        SystemTimeline timeline = new SystemTimeline();
        return new FakeServices(timeline, timeline::close);
    }

    /** Puts {@link #clock()} forward, or back if negative. Timers and {@link #nanoTime()} don't notice. */
    public void putClockForward(Duration by) {
        ahead.updateAndGet(by::plus);
    }

    /** Sets who answers {@link #complete}; without one it fails. */
    public void answerWith(Function<Prompt, CompletionStage<Completion>> answerer) {
        this.answerer = answerer;
    }

    @Override
    public Executor executor() {
        return timeline.executor();
    }

    @Override
    public InstantSource clock() {
        return () -> timeline.now().plus(ahead.get());
    }

    @Override
    public long nanoTime() {
        return timeline.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return timeline.random();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        return timeline.schedule(delay.toNanos(), task)::cancel;
    }

    @Override
    public Logger logger(String name) {
        return LoggerFactory.getLogger("dev.whippletree." + name);
    }

    @Override
    public CompletionStage<Completion> complete(Prompt prompt) {
        return answerer.apply(prompt);
    }

    /** Ends the threads that were made here. Doesn't wait for them. */
    @Override
    public void close() {
        closing.run();
    }

    private static CompletionStage<Completion> refuse(Prompt prompt) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("nobody answers in this test; say who by answerWith(…)"));
    }
}
