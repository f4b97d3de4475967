package dev.whippletree.testkit.provider;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import dev.whippletree.time.SystemTimeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Services with real threads and real time, for plugins that talk over real sockets. Thread-safe. */
public final class ThreadedServices implements Services, AutoCloseable {

    private final SystemTimeline timeline = new SystemTimeline();

    /** Creates them, with threads of their own. */
    public ThreadedServices() {}

    @Override
    public Executor executor() {
        return timeline.executor();
    }

    @Override
    public InstantSource clock() {
        return timeline::now;
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

    /** Always fails: there is no engine here. */
    @Override
    public CompletionStage<Completion> complete(Prompt prompt) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("there is no engine here"));
    }

    /** Ends the threads once they are idle. */
    @Override
    public void close() {
        timeline.close();
    }
}
