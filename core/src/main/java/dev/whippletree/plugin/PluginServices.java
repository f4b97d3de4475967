package dev.whippletree.plugin;

import dev.whippletree.engine.Engine;
import dev.whippletree.engine.run.Monitor.CallTasks;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.PluginTasks;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that plugins get, on a timeline. Thread-safe. */
final class PluginServices implements Services {

    private final Timeline timeline;
    private final PluginTasks tasks;
    private final PluginTasks callTasks;
    private final AtomicReference<@Nullable Engine> engine = new AtomicReference<>();

    PluginServices(Timeline timeline) {
        this.timeline = timeline;
        PluginFaults faults = new PluginFaults(timeline);
        this.tasks = new PluginTasks(timeline.executor(), faults);
        this.callTasks = new PluginTasks(new CallTasks(timeline.executor()), faults);
    }

    void engine(Engine built) {
        engine.set(built);
    }

    @Override
    public Executor executor() {
        return tasks;
    }

    @Override
    public Executor callExecutor() {
        return callTasks;
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
        return timeline.schedule(Waits.nanos(delay), tasks.guarded(task))::cancel;
    }

    @Override
    public Logger logger(String name) {
        return LoggerFactory.getLogger("dev.whippletree." + name);
    }

    @Override
    public CompletionStage<Completion> complete(Prompt prompt) {
        Engine built = engine.get();
        return built == null
                ? CompletableFuture.failedFuture(
                        new IllegalStateException("plugins can't ask prompts before start-up ends"))
                : built.complete(prompt);
    }
}
